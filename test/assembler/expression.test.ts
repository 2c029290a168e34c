// Expressions: values worked out by hand, terms that stay, refusals; and random expressions judged by nasm, when it is installed.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseExpression } from '../../src/assembler/language/expression.ts';
import { evaluate, type Scope } from '../../src/assembler/language/evaluate.ts';
import { addressIn, constantOf, constantValue, registerValue, UNKNOWN, type Value } from '../../src/assembler/language/value.ts';
import { lex } from '../../src/assembler/language/lex.ts';
import { takeText } from '../../src/assembler/language/text.ts';
import { Diagnostics } from '../../src/assembler/reporter.ts';
import { Cursor, type Token } from '../../src/assembler/language/tokens.ts';
import { Random } from '../../src/base/random.ts';
import { has } from '../support/tools.ts';

const PLACE = { file: 'a.asm', line: 1, column: 1 };

/** `here` is 0x30 into .text; `text8`, `text20` and `data4` are addresses; other names are registers if they look like it. */
const SCOPE: Scope = {
  symbol: ({ name }) => {
    const address = /^(text|data)(\d+)$/.exec(name);
    if (address) return addressIn(`.${address[1]}`, BigInt(address[2]));
    return /^r[a-z0-9]+$/.test(name) ? registerValue(name) : UNKNOWN;
  },
  here: () => addressIn('.text', 0x30n),
  sectionStart: () => addressIn('.text', 0n),
};

const valueIn = (text: string): { readonly value?: Value; readonly problems: readonly string[] } => {
  const reporter = new Diagnostics();
  const cursor = new Cursor(lex(takeText(text), PLACE) as Token[], { place: PLACE }, 64);
  const expression = parseExpression(cursor, reporter);
  if (expression && !cursor.atEnd) reporter.error(cursor.origin, 'text after the expression');
  const value = expression && evaluate(expression, SCOPE, reporter);
  return { ...(value && { value }), problems: reporter.list.map((d) => `${d.place.column}: ${d.text}`) };
};

const numberOf = (text: string): bigint | undefined => {
  const { value } = valueIn(text);
  return value && constantOf(value);
};

describe('numbers', () => {
  test.each([
    ['200', 200n], ['0200', 200n], ['0200d', 200n], ['0d200', 200n], ['200t', 200n],
    ['0c8h', 200n], ['$0c8', 200n], ['0xc8', 200n], ['0hc8', 200n], ['310q', 200n], ['310o', 200n],
    ['0o310', 200n], ['0q310', 200n],
    ['11001000b', 200n], ['1100_1000b', 200n], ['1100_1000y', 200n], ['0b1100_1000', 200n], ['0y1100_1000', 200n],
    ['0b1h', 0xb1n], ['0d10h', 0xd10n], ['0xffffffffffffffff', -1n], ['0x1ffffffffffffffff', -1n],
    ["'a'", 0x61n], ["'ab'", 0x6261n], ["'abcd'", 0x64636261n], ["''", 0n], ['`\\n\\x41\\101\\e\\0`', 0x00_1b_41_41_0an],
    ['`\\u00e9`', 0xa9c3n], ['"é"', 0xa9c3n], ["'abcdefgh'", 0x6867666564636261n], ['`\\q\\``', 0x6071n],
  ])('%s', (text, value) => expect(numberOf(text)).toBe(value));
});

describe('operators', () => {
  test.each([
    ['2 + 3 * 4', 14n], ['(2 + 3) * 4', 20n], ['5 - 3 - 1', 1n], ['1 << 2 << 3', 32n], ['2 * -3', -6n], ['- - 5', 5n],
    ['-+~!5', 1n],
    ['-7 / 2', 0x7ffffffffffffffcn], ['-7 // 2', -3n], ['-7 % 3', 0n], ['-7 %% 3', -1n], ['-1 >> 60', 15n], ['-1 >>> 60', -1n],
    ['-9223372036854775808 // -1', -9223372036854775808n], ['1 << 63', -9223372036854775808n], ['1 << 64', 1n], ['1 <<< 3', 8n],
    ['1 | 2 ^ 3 & 1', 3n], ['6 & 3 << 1', 6n], ['1 | 2 == 2', 0n], ['1 < 2 == 1', 1n], ['-1 < 1', 1n], ['3 >= 3', 1n],
    ['1 = 1', 1n], ['1 == 2', 0n], ['1 <> 2', 1n], ['1 != 1', 0n], ['2 <=> 1', 1n], ['1 <=> 2', -1n], ['2 <=> 2', 0n],
    ['1 || 0 && 0', 1n], ['1 ^^ 1 || 0', 0n], ['2 && 4', 1n], ['!0 + !7', 1n], ['~0', -1n],
    ['1 ? 2 : 3', 2n], ['0 ? 2 : 0 ? 4 : 5', 5n], ['1 ? 0 ? 1 : 2 : 3', 2n], ['1 + 1 ? 5 : 6', 5n],
    ['__?ilog2e?__(8)', 3n], ['__ilog2f__(9)', 3n], ['__?ilog2c?__(9)', 4n], ['__?ilog2c?__(8)', 3n],
  ])('%s', (text, value) => expect(numberOf(text)).toBe(value));
});

describe('addresses and registers', () => {
  test.each([
    ['text20 - text8', 12n], ['$ - $$', 0x30n], ['$ - text8 + 2 * (text20 - $$)', 80n], ['text20 > text8', 1n],
    ['data4 == text8', 0n], ['data4 != text8', 1n], ['(text8 - $$) << 2', 32n], ['text8 * 0', 0n],
  ])('%s is a number', (text, value) => expect(numberOf(text)).toBe(value));
  test('an address and a number is an address', () => expect(valueIn('4 + text8 - 2').value).toEqual(addressIn('.text', 10n)));
  test('an operand is a sum of registers in the order of writing', () =>
    expect(valueIn('8 + rax * 4 + rbx + text8 - 2').value).toEqual({
      constant: 14n,
      terms: [
        { kind: 'register', name: 'rax', factor: 4n, scaled: true },
        { kind: 'register', name: 'rbx', factor: 1n, scaled: false },
        { kind: 'section', name: '.text', factor: 1n, scaled: false },
      ],
      unknown: false,
    }));
  test('a register taken twice counts twice', () =>
    expect(valueIn('rax + rax').value?.terms).toEqual([{ kind: 'register', name: 'rax', factor: 2n, scaled: false }]));
  test('a register taken away is gone', () => expect(valueIn('rax * 2 + 1 - rax - rax').value).toEqual(constantValue(1n)));
  test('what is not known yet leaves the registers', () =>
    expect(valueIn('rbx + later * 4').value).toMatchObject({ unknown: true, terms: [{ name: 'rbx', factor: 1n }] }));
  test('what is not known yet makes everything else unknown', () =>
    expect(valueIn('(later << 3) / later ? 1 : 2').value).toEqual(UNKNOWN));
});

describe('refusals name the place', () => {
  test.each([
    ['1 +', '3: an expression is missing at the end'], ['* 2', `1: '*' begins no expression`], ['(1', `2: ')' expected`],
    ['1 ? 2', `5: ':' expected after '?'`], ['1 / 0', '1: division by zero'], ['1 %% (2 - 2)', '1: division by zero'],
    ['text8 * text8', `1: '*' needs numbers, not addresses`], ['2 << text8', `1: '<<' needs numbers, not addresses`],
    ['~rax', `1: '~' needs numbers, not registers`], ['text8 < data4', `1: '<' needs numbers, or addresses in one section`],
    ['seg text8', `1: 'seg' has no meaning in a flat image`], ['text8 wrt data4', `1: 'wrt' has no meaning in a flat image`],
    ['1.5', '1: floating-point constants like 1.5 are not supported'],
    ['1e5', '1: floating-point constants like 1e5 are not supported'],
    ['__float32__(1)', `1: the function '__float32__' is not supported`], ['__?ilog2e?__(9)', '1: 9 is not a power of two'],
    ["'abcdefghi'", '1: only the first 8 bytes of a character constant count'], ['1 2', '3: text after the expression'],
  ])('%s', (text, problem) => expect(valueIn(text).problems).toEqual([problem]));
});

const NUMBERS = ['0', '1', '-1', '7', '0x80', '0ffffh', '0x7fffffffffffffff', '0x8000000000000000', "'ab'", '1_000', '0b101'];
const OPERATORS = '+ - * | ^ & << >> >>> <<< < <= > >= == != <> = || ^^ &&'.split(' ');

/** NASM's own division of the smallest number by -1 kills it, so that divisors are small and positive. */
const randomExpression = (random: Random, depth: number): string => {
  const inner = (): string => randomExpression(random, depth - 1);
  const pick = <T>(of: readonly T[]): T => of[random.below(of.length)];
  const kind = depth === 0 ? 0 : random.below(8);
  if (kind === 0) return pick(NUMBERS);
  if (kind === 1) return `(${inner()})`;
  if (kind === 2) return `${pick(['-', '+', '~', '!'])}${inner()}`;
  if (kind === 3) return `${inner()} ${pick(['/', '//', '%', '%%'])} ${1 + random.below(9)}`;
  if (kind === 4) return `(${inner()} ? ${inner()} : ${inner()})`;
  return `${inner()} ${pick(OPERATORS)} ${inner()}`;
};

const randomExpressions = (seed: number, count: number): string[] => {
  const random = new Random(seed);
  return Array.from({ length: count }, () => randomExpression(random, 1 + random.below(5)));
};

const byNasm = (texts: readonly string[]): bigint[] => {
  const folder = mkdtempSync(join(tmpdir(), 'clispin-expressions-'));
  try {
    const [source, image] = [join(folder, 'a.asm'), join(folder, 'a.bin')];
    writeFileSync(source, texts.map((text) => `dq 0 + ${text}\n`).join(''));
    const run = spawnSync('nasm', ['-f', 'bin', '-w-all', '-o', image, source], { encoding: 'utf8', timeout: 60_000 });
    expect(run.stderr).toBe('');
    const bytes = readFileSync(image);
    return texts.map((_, index) => bytes.readBigInt64LE(8 * index));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

describe('random expressions', () => {
  const [golden, renew] = ['test/assembler/golden/expressions.txt', process.env.RENEW !== undefined];
  if (renew) {
    test('the stored ones are written anew', () => {
      const texts = randomExpressions(1, 300);
      const values = byNasm(texts);
      writeFileSync(golden, texts.map((text, index) => `${values[index]} = ${text}\n`).join(''));
    });
  }

  test('the stored ones have the value that nasm gave them', () => {
    const lines = readFileSync(golden, 'utf8').trimEnd().split('\n');
    const found = lines.map((line) => line.slice(line.indexOf(' = ') + 3)).map((text) => `${numberOf(`0 + ${text}`)} = ${text}`);
    expect(found, `${golden}: RENEW=1 writes it anew, from nasm`).toEqual(lines);
  });

  test.skipIf(!has('nasm'))('others have the value that nasm gives them', () => {
    const seed = 2;
    const texts = randomExpressions(seed, 2000);
    const nasm = byNasm(texts);
    const pairs = texts.map((text, index) => ({ text, nasm: nasm[index], ours: numberOf(`0 + ${text}`) }));
    expect(
      pairs.filter((pair) => pair.nasm !== pair.ours),
      `seed ${seed}`,
    ).toEqual([]);
  });
});
