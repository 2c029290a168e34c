// The table itself: every row is reachable, nothing is claimed twice.

import { expect, test } from 'vitest';
import { candidates, particularity } from '../../src/isa/dispatch.ts';
import type { Form, OpcodeMap } from '../../src/isa/form.ts';
import { allForms } from '../../src/isa/forms.ts';
import { SEMS } from '../../src/isa/sems.ts';

const MODES = [16, 32, 64] as const;
const eachOpcode = MODES.flatMap((mode) =>
  ([0, 1, 2, 3] as const).flatMap((map: OpcodeMap) => Array.from({ length: 256 }, (_, opcode) => ({ mode, map, opcode }))),
);

const either = <T>(a: T, b: T, any: T): boolean => a === b || a === any || b === any;
/** NFx fits what NP and 66 fit. */
const isRepeatless = (a: Form, b: Form): boolean => a.prefix === 'noRepeat' && (b.prefix === 'none' || b.prefix === 0x66);
const needsMemory = ({ operands }: Form): boolean => operands.some(({ kind }) => kind === 'mem');
const needsRegister = ({ operands }: Form): boolean =>
  operands.some((pattern) => pattern.kind === 'reg' && pattern.field === 'rm');

/** Whether some bytes would fit both and the dispatch has no reason to prefer one. */
const clash = (a: Form, b: Form): boolean =>
  particularity(a) === particularity(b) &&
  (either(a.prefix, b.prefix, 'any') || isRepeatless(a, b) || isRepeatless(b, a)) &&
  either(a.digit, b.digit, -1) &&
  either(a.fixed, b.fixed, -1) &&
  either(a.operandSize, b.operandSize, 0) &&
  either(a.addressSize, b.addressSize, 0) &&
  !(needsMemory(a) && needsRegister(b)) &&
  !(needsMemory(b) && needsRegister(a));

test('no two forms claim the same bytes', () => {
  const clashes = eachOpcode.flatMap(({ mode, map, opcode }) => {
    const rows = candidates(mode, map, opcode);
    return rows.flatMap((a, i) =>
      rows
        .slice(i + 1)
        .filter((b) => clash(a, b))
        .map((b) => `${mode}: ${a.id} · ${b.id}`),
    );
  });
  expect(clashes).toEqual([]);
});

test('ids are unique', () => {
  expect(allForms().length).toBe(new Set(allForms().map(({ id }) => id)).size);
});

test('the forms of an opcode agree on whether ModRM follows, so that it is known how far to read', () => {
  const mixed = eachOpcode.filter(
    ({ mode, map, opcode }) => new Set(candidates(mode, map, opcode).map(({ modrm }) => modrm)).size > 1,
  );
  expect(mixed).toEqual([]);
});

test('every meaning has a form', () => {
  const used = new Set(allForms().map(({ sem }) => sem));
  expect(SEMS.filter((sem) => !used.has(sem))).toEqual([]);
});

test('only what the manual calls privileged is marked so', () => {
  const privileged = [...new Set(allForms().filter(({ cpl0 }) => cpl0).map(({ mnemonic }) => mnemonic))].sort();
  expect(privileged).toEqual([
    'clts',
    'hlt',
    'invd',
    'invlpg',
    'invpcid',
    'lgdt',
    'lidt',
    'lldt',
    'lmsw',
    'ltr',
    'mov',
    'rdmsr',
    'swapgs',
    'sysexit',
    'sysret',
    'wbinvd',
    'wrmsr',
  ]);
});

test('LOCK is allowed with the instructions that the manual lists (SDM vol. 2, LOCK)', () => {
  const lockable = [...new Set(allForms().filter(({ lock }) => lock).map(({ mnemonic }) => mnemonic))].sort();
  expect(lockable).toEqual([
    'adc',
    'add',
    'and',
    'btc',
    'btr',
    'bts',
    'cmpxchg',
    'cmpxchg16b',
    'cmpxchg8b',
    'dec',
    'inc',
    'neg',
    'not',
    'or',
    'sbb',
    'sub',
    'xadd',
    'xchg',
    'xor',
  ]);
});
