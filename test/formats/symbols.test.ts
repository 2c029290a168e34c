import { expect, test } from 'vitest';
import { LineTable, SymbolTable } from '../../src/formats/symbols.ts';

const symbol = (name: string, address: bigint, size = 0n, isFunction = false, limit?: bigint) => ({ name, address, size, isFunction, ...(limit === undefined ? {} : { limit }) });

const TABLE = new SymbolTable([
  symbol('spin.again', 0x1010n),
  symbol('spin', 0x1000n, 0x20n, true),
  symbol('table', 0x2000n, 0n, false, 0x2100n),
]);

test('an address is named by the function that covers it, not by the label nearest to it', () => {
  expect(TABLE.nameOf(0x1014n)).toBe('spin+0x14');
  expect(TABLE.nameOf(0x1000n)).toBe('spin');
});

test('an address past the end of every symbol has no name', () => {
  expect(TABLE.nameOf(0x20ffn)).toBe('table+0xff');
  expect(TABLE.nameOf(0x2100n)).toBeUndefined();
  expect(TABLE.nameOf(0xfffn)).toBeUndefined();
});

test('a name has an address', () => {
  expect(TABLE.addressOf('table')).toBe(0x2000n);
  expect(TABLE.addressOf('chair')).toBeUndefined();
});

const LINES = new LineTable([
  { address: 0x2000n, file: 'asm/b.asm', line: 1 },
  { address: 0x2008n, file: '', line: 0, end: true },
  { address: 0x1000n, file: 'asm/a.asm', line: 5 },
  { address: 0x1003n, file: 'asm/a.asm', line: 6 },
  { address: 0x2000n, file: '', line: 0, end: true },
]);

test('a row holds up to the next one, and an end up to the next sequence', () => {
  expect(LINES.placeOf(0x1002n)).toEqual({ file: 'asm/a.asm', line: 5 });
  expect(LINES.placeOf(0x1fffn)).toEqual({ file: 'asm/a.asm', line: 6 });
  expect(LINES.placeOf(0x2000n)).toEqual({ file: 'asm/b.asm', line: 1 });
  expect(LINES.placeOf(0x2008n)).toBeUndefined();
  expect(LINES.placeOf(0xfffn)).toBeUndefined();
});

test('a line has the lowest of its addresses', () => {
  expect(LINES.addressOf('a.asm', 6)).toBe(0x1003n);
  expect(LINES.addressOf('a.asm', 7)).toBeUndefined();
});
