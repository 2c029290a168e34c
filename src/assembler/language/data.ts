// Tokens → elements of `db` and its kin (NASM manual 3.2.1): numbers, strings, `?`, and `count dup (…)`.

import { type Expression, parseExpression } from './expression.ts';
import { constantValue } from './value.ts';
import type { DataItem } from './statement.ts';
import type { Cursor, Reporter } from './tokens.ts';

/** Size of an element in bytes, by the last letter of `db`, `resb` and so on. */
export const DATA_UNITS: Readonly<Record<string, number>> = { b: 1, w: 2, d: 4, q: 8, t: 10, o: 16, y: 32, z: 64 };

const DEEPEST_LIST = 64;

const ELEMENT_SIZES: Readonly<Record<string, number>> = { byte: 1, word: 2, dword: 4, qword: 8 };

/** Elements up to the end of the line, or to the `)` that ends a list; undefined after a report. */
export const parseData = (cursor: Cursor, unit: number, reporter: Reporter, depth = 0): DataItem[] | undefined => {
  const items: DataItem[] = [];
  while (cursor.token !== undefined && !cursor.sees(')')) {
    const item = parseItem(cursor, unit, reporter, depth);
    if (!item) return undefined;
    items.push(item);
    if (cursor.token === undefined || cursor.sees(')')) break;
    if (!cursor.accept(',')) {
      reporter.error(cursor.origin, `comma expected after operand, not '${cursor.token?.text}'`);
      return undefined;
    }
  }
  return items;
};

const parseItem = (cursor: Cursor, unit: number, reporter: Reporter, depth: number): DataItem | undefined => {
  if (depth > DEEPEST_LIST) {
    reporter.error(cursor.origin, `lists of data are nested deeper than ${DEEPEST_LIST}`);
    return undefined;
  }
  const { token } = cursor;
  if (token?.kind === 'number' && unit <= 8 && cursor.isLone) {
    const value = parseExpression(cursor, reporter);
    return value && { kind: 'number', value, unit };
  }
  if (cursor.accept('?') || cursor.acceptWord('?')) return { kind: 'gap', unit };
  if (token?.kind === 'string' && endsItem(cursor, 1)) {
    cursor.take();
    return { kind: 'string', bytes: token.value, unit };
  }
  const size = ELEMENT_SIZES[cursor.word ?? ''];
  if (size !== undefined || cursor.sees('%')) {
    cursor.take();
    return parseList(cursor, size ?? unit, reporter, depth + 1);
  }
  const { origin } = cursor;
  const value = parseExpression(cursor, reporter);
  if (!value) return undefined;
  if (cursor.acceptWord('dup')) {
    const inner = parseRepeated(cursor, unit, reporter, depth + 1);
    return inner && { kind: 'dup', count: value, items: inner };
  }
  if (unit > 8) {
    reporter.error(origin, `integer supplied as ${unit * 8}-bit data`);
    return undefined;
  }
  return { kind: 'number', value, unit };
};

const endsItem = (cursor: Cursor, ahead: number): boolean => {
  const next = cursor.tokens[cursor.index + ahead];
  return next === undefined || (next.kind === 'punctuation' && (next.text === ',' || next.text === ')'));
};

/** What follows DUP: a list in parentheses, with an element size or not, or a single element. */
const parseRepeated = (cursor: Cursor, unit: number, reporter: Reporter, depth: number): readonly DataItem[] | undefined => {
  if (cursor.accept('(')) return closeList(cursor, unit, reporter, depth);
  const item = parseItem(cursor, unit, reporter, depth);
  return item && [item];
};

/** `size (…)` and `%(…)`: a list that stands for itself, once. */
const parseList = (cursor: Cursor, unit: number, reporter: Reporter, depth: number): DataItem | undefined => {
  if (!cursor.accept('(')) return parseItem(cursor, unit, reporter, depth);
  const { origin } = cursor;
  const items = closeList(cursor, unit, reporter, depth);
  const count: Expression = { kind: 'number', value: constantValue(1n), origin };
  return items && { kind: 'dup', count, items };
};

const closeList = (cursor: Cursor, unit: number, reporter: Reporter, depth: number): DataItem[] | undefined => {
  const items = parseData(cursor, unit, reporter, depth);
  if (!items) return undefined;
  if (cursor.accept(')')) return items;
  reporter.error(cursor.origin, 'expected ) at the end of a list of data');
  return undefined;
};

/** Size in bytes of elements that do not repeat; undefined when some do. */
export const fixedSizeOf = (items: readonly DataItem[]): number | undefined => {
  let size = 0;
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    if (item.kind === 'dup') return undefined;
    size += item.kind === 'string' ? Math.ceil(item.bytes.length / item.unit) * item.unit : item.unit;
  }
  return size;
};

/** Whether the elements only reserve room: all are `?`. */
export const isOnlyGaps = (items: readonly DataItem[]): boolean =>
  items.every((item) => item.kind === 'gap' || (item.kind === 'dup' && isOnlyGaps(item.items)));
