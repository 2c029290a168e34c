// The kernel's names for bits, vectors and registers against the processor's own: where both have a name, the number is one.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as faults from '../../src/cpu/events/fault.ts';
import * as flags from '../../src/cpu/flags.ts';
import * as registers from '../../src/cpu/identity/registers.ts';

/** `NAME equ 1 << 31` → numbers, those that are plain or a shift. */
const KERNEL = new Map(
  [...readFileSync('asm/x86.inc', 'utf8').matchAll(/^(\w+)\s+equ\s+(0x[0-9a-f]+|\d+)(?:\s*<<\s*(\d+))?\s*(?:;.*)?$/gm)].map(
    ([, name, value, shift = '0']) => [name, BigInt(value) << BigInt(shift)] as const,
  ),
);

const numbersOf = (module: object, prefix: string): [string, bigint][] =>
  Object.entries(module)
    .filter((entry): entry is [string, number] => typeof entry[1] === 'number')
    .map(([name, value]) => [prefix + name.replace('_FAULT', ''), BigInt.asUintN(32, BigInt(value))]);

const PROCESSOR = [...numbersOf(registers, ''), ...numbersOf(faults, 'VECTOR_'), ...numbersOf(flags, 'RFLAGS_')];
const SHARED = PROCESSOR.filter(([name]) => KERNEL.has(name));

test('there are names to compare', () => {
  expect(SHARED.map(([name]) => name)).toEqual(expect.arrayContaining(['CR0_PE', 'CR4_PAE', 'EFER_LME', 'VECTOR_PF', 'RFLAGS_IF']));
});

test.each(SHARED)('%s is the same in asm/x86.inc', (name, value) => expect(KERNEL.get(name)).toBe(value));
