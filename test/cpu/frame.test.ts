// The frame of an interrupt: the same whether its page is in the TLB or not, on one page or two, and whoever looks at stores.

import { describe, expect, test } from 'vitest';
import { HAS_CODE } from '../../src/cpu/memory/ram.ts';
import { AT, run, SELECTOR } from '../support/cpu.ts';

/** CF by STC, and PF, AF and SF of 1 - 2. */
const FLAGS = 0x97;

/** Twice the same interrupt, the first time with a cold TLB; RSP in RBP. */
const twice = (stack: number, mode: 32 | 64): string => {
  const sp = mode === 64 ? 'rsp' : 'esp';
  const bp = mode === 64 ? 'rbp' : 'ebp';
  return `
    mov ${sp}, ${stack}
    stc
    int 0x40
  one: setc dl
    inc ebx
    cmp ebx, 2
    jb again
    exit
  again: stc
    int 0x40
    jmp one
  on_64: mov ${bp}, ${sp}
    clc
    iret${mode === 64 ? 'q' : 'd'}`;
};

describe.each([64, 32] as const)('in %i-bit code', (mode) => {
  const bytes = mode / 8;
  const slots = mode === 64 ? 5 : 3;

  test.each(Array.from({ length: slots + 2 }, (_, n) => AT.stack + 0x1000 + (n - 1) * 8))('at %i', (stack) => {
    const lab = run(twice(stack, mode), { mode });
    const { view } = lab.ram;
    const top = (mode === 64 ? stack & ~15 : stack) - slots * bytes;
    const read = (n: number): number => view.getUint32(top + n * bytes, true);
    expect(lab.reg(5)).toBe(BigInt(top));
    expect(lab.reg(4)).toBe(BigInt(stack));
    expect([read(0), read(1), read(2)]).toEqual([Number(lab.at('again')) + 3, SELECTOR.code, FLAGS]);
    if (mode === 64) expect([read(3), read(4)]).toEqual([stack, SELECTOR.data]);
    expect(lab.reg(2) & 0xffn).toBe(1n);
    expect(lab.exceptions).toEqual([]);
  });

  test('a frame in a marked line is told of', () => {
    const lines: number[] = [];
    run(`mov ebx, [${AT.stack} - 8]\n mov [${AT.stack} - 8], ebx\n int 0x40\n on_64: exit`, {
      mode,
      prepare: ({ ram }) => {
        ram.onWrite(HAS_CODE, (line) => void lines.push(line));
        ram.mark(AT.stack - 0x40, HAS_CODE);
        ram.mark(AT.stack - 8, HAS_CODE);
      },
    });
    expect(lines).toContain(AT.stack - 0x40);
  });

  test('who sees stores sees those of a frame', () => {
    const stores: number[] = [];
    run(`mov ebx, [${AT.stack} - 8]\n mov [${AT.stack} - 8], ebx\n int 0x40\n on_64: exit`, {
      mode,
      prepare: ({ cpu }) => {
        cpu.mmu.watcher = { load: () => {}, store: (physical) => stores.push(physical) < 0 };
      },
    });
    expect(stores.slice(1)).toEqual(Array.from({ length: slots }, (_, n) => AT.stack - (n + 1) * bytes));
  });
});
