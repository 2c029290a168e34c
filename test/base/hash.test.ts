import { expect, test } from 'vitest';
import { Hash, mix32 } from '../../src/base/hash.ts';

const hashOf = (...words: number[]): string => new Hash().words(Int32Array.from(words)).finish();

test('mixing is one to one on a sample and spreads neighbouring numbers', () => {
  const seen = new Set(Array.from({ length: 10_000 }, (_, value) => mix32(value)));
  expect(seen.size).toBe(10_000);
});

test('one changed bit anywhere in a page changes the hash, each differently', () => {
  const page = new Int32Array(1024);
  const hashes = new Set([new Hash().words(page).finish()]);
  for (let word = 0; word < 1024; word++) {
    page[word] = 1 << word % 32;
    hashes.add(new Hash().words(page).finish());
    page[word] = 0;
  }
  expect(hashes.size).toBe(1025);
});

test('order, and where one part ends, count', () => {
  expect(hashOf(1, 2)).not.toBe(hashOf(2, 1));
  expect(hashOf(0)).not.toBe(hashOf(0, 0));
  expect(new Hash().text('ab').text('c').finish()).not.toBe(new Hash().text('a').text('bc').finish());
  expect(new Hash().bytes(Uint8Array.of(0)).finish()).not.toBe(new Hash().bytes(Uint8Array.of(0, 0)).finish());
});

test('numbers above 32 bits count whole', () => {
  expect(new Hash().number(2 ** 40).finish()).not.toBe(new Hash().number(2 ** 41).finish());
});

test('a hash is 16 hexadecimal digits', () => expect(new Hash().finish()).toMatch(/^[0-9a-f]{16}$/));
