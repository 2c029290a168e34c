import { expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';

test('a diagnostic names the place, shows the line with a caret, and leads outwards through its notes', () =>
  expect(
    formatDiagnostic({
      severity: 'error',
      place: { file: 'a.asm', line: 2, column: 6 },
      text: 'mov: operand sizes differ',
      source: '\tmov  eax, rbx',
      notes: [{ place: { file: 'a.asm', line: 9, column: 1 }, text: "in the expansion of 'put'" }],
    }),
  ).toBe(`a.asm:2:6: error: mov: operand sizes differ
    \tmov  eax, rbx
    \t    ^
a.asm:9:1: note: in the expansion of 'put'`));

test('a diagnostic about a whole file has no line', () =>
  expect(formatDiagnostic({ severity: 'warning', place: { file: 'a.asm', line: 0, column: 0 }, text: 'empty', notes: [] })).toBe(
    'a.asm: warning: empty',
  ));
