// What is remembered of decoding: the same bytes, all of them, in the same mode, and no more of them than may be fetched.

import { expect, test } from 'vitest';
import type { Decoded } from '../../src/cpu/code/icache.ts';
import { decodedOf } from '../../src/cpu/code/fetch.ts';
import type { Cpu } from '../../src/cpu/cpu.ts';
import { Memo } from '../../src/cpu/code/memo.ts';
import { decode } from '../../src/isa/decode.ts';
import type { Insn } from '../../src/isa/insn.ts';

const CODE = Uint8Array.of(0x90, 0x81, 0xc3, 0x78, 0x56, 0x34, 0x12, 0x90, 0x90, 0x81, 0xc3, 0x78, 0x56, 0x34, 0x12, 0x90);
const [FIRST, SECOND, LENGTH] = [1, 9, 6];

const known = (): { memo: Memo<Decoded<Cpu>>; bytes: Uint8Array } => {
  const memo = new Memo<Decoded<Cpu>>();
  memo.put(CODE, FIRST, 64, decodedOf(decode(CODE, FIRST, 64) as Insn));
  return { memo, bytes: Uint8Array.from(CODE) };
};

test('an instruction is known elsewhere, up to its last byte', () => {
  const { memo, bytes } = known();
  expect(memo.find(bytes, SECOND, LENGTH, 64)?.insn).toMatchObject({ length: LENGTH, src: { value: 0x1234_5678n } });
  bytes[SECOND + LENGTH] = 0xcc;
  expect(memo.find(bytes, SECOND, 15, 64)).toBeDefined();
  bytes[SECOND + LENGTH - 1] = 0x13;
  expect(memo.find(bytes, SECOND, 15, 64)).toBeUndefined();
});

test('not in another mode, and not if a part of it is out of reach', () => {
  const { memo, bytes } = known();
  expect(memo.find(bytes, SECOND, LENGTH, 32)).toBeUndefined();
  expect(memo.find(bytes, SECOND, LENGTH - 1, 64)).toBeUndefined();
});
