// Random expressions of numbers, and strings in every kind of quotes.

import type { Draft } from './draft.ts';

const BINARY = [
  '||', '^^', '&&', '=', '==', '!=', '<>', '<', '<=', '>', '>=', '|', '^', '&', '+', '-', '+', '-', '*', '+', '-', '*',
];
const UNARY = ['-', '+', '~', '!', '-', '- ', '~ '];

const EDGES = ['0', '1', '2', '7', '8', '127', '128', '255', '256', '-1', '-128', '-129', '32767', '65535', '65536', '0x7fffffff', '0x80000000', '0xffffffff', '0x100000000', '0x7fffffffffffffff', '0xffffffffffffffff'];

/** A number that is not negative, in one of NASM's notations. */
export const literal = (draft: Draft): string => {
  if (draft.chance(25)) return draft.pick(EDGES.filter((text) => text[0] !== '-'));
  const value = draft.chance(60) ? draft.below(300) : draft.random.next();
  const hex = value.toString(16);
  return draft.pick([
    `${value}`, `${value}`, `${value}`, `0x${hex}`, `0${hex}h`, `$0${hex}`, `0h${hex}`, `0X${hex.toUpperCase()}`, `0x_${hex}_`, `${value}d`, `${value}t`, `0d${value}`, `0t${value}`,
    `${value.toString(8)}o`, `${value.toString(8)}q`, `0o${value.toString(8)}`, `0q${value.toString(8)}`, `${value.toString(2)}b`, `${value.toString(2)}y`, `0b${value.toString(2)}`, `0y${value.toString(2)}`,
    `${Math.floor(value / 10)}_${value % 10}`,
  ]);
};

const atom = (draft: Draft): string => {
  const kind = draft.below(12);
  if (kind < 4 && draft.numbers.length > 0) return draft.pick(draft.numbers);
  if (kind === 4) return draft.pick([`'a'`, `"ab"`, `'abc'`, '`\\n`', '`\\x41\\102`', `'abcdefgh'`, `"\xe9"`, '`\\u263a`', `''`, '"\'"']);
  if (kind === 5 && draft.functions.length > 0) {
    const { name, least, most } = draft.pick(draft.functions);
    return `${name}(${draft.some(least, most, () => draft.pick(['1', '2', literal(draft)])).join(draft.pick([',', ', ']))})`;
  }
  return literal(draft);
};

/** An expression whose value is a number now. */
export const number = (draft: Draft, depth = draft.below(4)): string => {
  if (depth === 0) return atom(draft);
  const inner = (): string => number(draft, depth - 1);
  const gap = draft.pick(['', ' ', ' ']);
  switch (draft.below(12)) {
    case 0: return `(${inner()})`;
    case 1: return `${draft.pick(UNARY)}${inner().replace(/^(['"`]).*$/s, '($&)')}`; // NASM reads a sign and a string in data as a name
    case 2: return `(${inner()})${gap}${draft.pick(['<<', '>>', '<<<', '>>>'])}${gap}${draft.below(64)}`;
    case 3: return `(${inner()})${gap}${draft.pick(['/', '//', '% ', '%% '])}${gap}((${inner()})|1)`;
    case 4: return draft.chance(30) ? `(${inner()} ? ${inner()} : ${inner()})` : `${inner()}${gap}+${gap}${inner()}`;
    case 5: return draft.chance(30) ? `__?ilog2${draft.pick(['f', 'c', 'w'])}?__((${inner()})|1)` : `${inner()} - (${inner()})`;
    default: return `${inner()}${gap}${draft.pick(BINARY)} ${inner()}`;
  }
};

/** A small number, for counts: from 0 to `most`. */
export const count = (draft: Draft, most: number): string => {
  const mask = 2 ** Math.floor(Math.log2(most + 1)) - 1;
  return draft.chance(70) ? `${draft.below(most + 1)}` : `((${number(draft, 1)}) & ${mask})`;
};

/** A number that may depend on where labels lie, in a place where any number is good. */
export const placed = (draft: Draft): string => {
  if (draft.labels.length === 0 || draft.chance(50)) return number(draft);
  const label = (): string => draft.pick([...draft.labels, '$', '$$']);
  return draft.pick([
    () => `${label()} - ${label()}`,
    () => `${label()} + ${draft.below(100)}`,
    () => `(${label()} - ${label()}) ${draft.pick(['*', '+', '-', '&', '|', '<<', '/'])} ${draft.between(1, 7)}`,
    () => `${label()} - $$ + (${number(draft, 1)})`,
    () => `(${label()} - ${label()}) ${draft.pick(['<', '>', '==', '!='])} ${draft.below(40)}`,
  ])();
};

const CHARACTERS = ['a', 'b', 'Z', '0', '9', ' ', ',', ';', '.', '%', '[', '(', '{', '\\', '\xe9', '\x84', '\xc3\xa9', '\xff', '#', '$', '@', '\t'];
const ESCAPES = ['\\n', '\\r', '\\t', '\\0', '\\x41', '\\xfF', '\\101', '\\7', '\\\\', '\\`', '\\"', "\\'", '\\a', '\\e', '\\u00e9', '\\u20ac', '\\U0001f600', '\\?'];

export const quoted = (draft: Draft): string => {
  const kind = draft.below(3);
  const texts = draft.some(0, draft.pick([3, 9, 20]), () => draft.pick(CHARACTERS));
  if (kind === 0) return `'${texts.join('')}${draft.chance(20) ? '"`' : ''}'`;
  if (kind === 1) return `"${texts.join('')}${draft.chance(20) ? "'`" : ''}"`;
  return `\`${texts.map((text) => (draft.chance(30) ? draft.pick(ESCAPES) : text === '\\' ? '\\\\' : text)).join('')}\``;
};

/** A quoted string or the name of one. */
export const string = (draft: Draft): string => (draft.strings.length > 0 && draft.chance(40) ? draft.pick(draft.strings) : quoted(draft));
