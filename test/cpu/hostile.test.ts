// The guest can do anything to itself and nothing to the host: random bytes are run as code, with random registers, in every mode and
// privilege. Whatever they do, time passes and no exception but a Fault, which nobody sees, comes out.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { AT, Lab, run } from '../support/cpu.ts';

const PROGRAMS = 40;
const TICKS = 3000;
const CODE_BYTES = 4096;

/** Numbers that instructions on addresses, selectors and counts care about, as often as any. */
const TELLING = [0n, 1n, 8n, 0x10n, 0x1000n, BigInt(AT.program), BigInt(AT.gdt), BigInt(AT.idt), 0xc000_0080n, 0x8000_0000n, 1n << 47n, -1n];

describe.each([
  [16, 0], [32, 0], [32, 3], [64, 0], [64, 3],
] as const)('random code of %i bits at CPL %i', (mode, cpl) => {
  test(`${PROGRAMS} programs end when their time is over`, () => {
    for (let seed = 1; seed <= PROGRAMS; seed++) {
      const random = new Random(seed);
      const handlers = [1, 2, 3, 6, 8, 13, 14].map((vector) => `on_${vector}:`).join(' ');
      const lab = new Lab(`jmp start\n ${handlers.split(' ').join('\n')}\n start: nop`, { mode, cpl, interrupts: true });
      lab.ram.write(AT.program + 0x10, Uint8Array.from({ length: CODE_BYTES }, () => random.below(256)));
      lab.cpu.rip = BigInt(AT.program + 0x10 + random.below(CODE_BYTES));
      for (let index = 0; index < 16; index++) {
        if (index !== 4) lab.cpu.gpr[index] = random.below(2) ? TELLING[random.below(TELLING.length)] : BigInt(random.below(2 ** 31));
      }
      const before = lab.cpu.time;
      expect(() => lab.run(TICKS), `seed ${seed}`).not.toThrow();
      // The random code may well find the port that ends a run.
      expect(lab.cpu.time, `seed ${seed}`).toBeGreaterThan(before);
    }
  });
});

describe('debug exceptions without end take time', () => {
  test('a breakpoint on the handler of breakpoints', () => {
    const lab = run(`lea rax, [on_1]\n mov dr0, rax\n mov eax, 1\n mov dr7, rax\n on_1: nop`, { ticks: 100, gates: { 1: { ist: 1 } } });
    expect(lab.cpu.time).toBe(100);
    expect(lab.exceptions.every((vector) => vector === 1)).toBe(true);
  });

  test('a breakpoint on the stack that they are delivered on', () => {
    const lab = run(`mov eax, ${AT.ist1 - 8}\n mov dr0, rax\n mov eax, 0xd0001\n mov dr7, rax\n mov [${AT.ist1 - 8}], rax\n nop\n on_1: nop`, {
      ticks: 100,
      gates: { 1: { ist: 1 } },
    });
    expect(lab.cpu.time).toBe(100);
    expect(lab.exceptions.length).toBe(95);
  });
});
