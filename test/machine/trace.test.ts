import { describe, expect, test } from 'vitest';
import { boot } from './boot.ts';

const linesOf = (program: string): string[] => {
  const machine = boot(program);
  const lines: string[] = [];
  machine.trace((line) => lines.push(line));
  const base = machine.symbols.addressOf('start')!;
  machine.run(1000);
  return lines.map((line) => line.replace(/[0-9a-f]{16}/, (address) => `+${(BigInt(`0x${address}`) - base).toString(16)}`));
};

test('a line for each retired instruction: CPU, time, address, text, what it changed', () =>
  expect(
    linesOf(`start:  mov     ecx, 2
again:  dec     ecx
        jnz     again
        std
        cli
        hlt`),
  ).toEqual([
    'cpu0 t=0 +0  mov ecx, 2                           rcx=2',
    'cpu0 t=1 +5  dec ecx                              rcx=1',
    'cpu0 t=2 +7  jne short again',
    'cpu0 t=3 +5  dec ecx                              rcx=0 rflags=46',
    'cpu0 t=4 +7  jne short again',
    'cpu0 t=5 +9  std                                  rflags=446',
    'cpu0 t=6 +a  cli',
    'cpu0 t=7 +b  hlt',
  ]));

test('a repeated string instruction is one line, a faulting one none', () => {
  const lines = linesOf(`start:  gate    6, handler
        mov     edi, 0x200000
        mov     ecx, 3
        rep     stosb
        ud2
handler: cli
        hlt`);
  expect(lines.filter((line) => /stosb|ud2/.test(line))).toEqual([expect.stringMatching(/^cpu0 t=13 \S+ {2}rep stosb +rcx=0 rdi=200003$/)]);
  expect(lines.at(-1)).toMatch(/hlt$/);
});

describe('observing', () => {
  const COUNTING = 'start_others \n mov ecx, 500 \n .l: loop .l \n cli \n hlt \n other: mov ecx, 900 \n .l: loop .l \n cli \n hlt';

  test.each([
    ['that ends', COUNTING],
    ['that only spins', '.wait: pause \n cmp dword [flag], 0 \n je .wait \n flag: dd 0'],
  ])('a traced run %s is the same run, and not one instruction is left out', (_what, code) => {
    const [plain, traced] = [boot(`start: nop\n ${code}`, { cpus: 3 }), boot(`start: nop\n ${code}`, { cpus: 3 })];
    let count = 0;
    traced.trace(() => count++);
    expect(traced.run(100_000)).toEqual(plain.run(100_000));
    expect(traced.stateHash()).toBe(plain.stateHash());
    expect(count).toBe(traced.cpus.reduce((sum, { time, haltedTicks, extraTicks }) => sum + time - haltedTicks - extraTicks, 0));
  });
});
