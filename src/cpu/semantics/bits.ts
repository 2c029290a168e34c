// Bit tests, scans and counts, and CRC32.

import { signed, type Size, truncate } from '../../base/bits.ts';
import type { Insn } from '../../isa/insn.ts';
import type { MemOperand, RegOperand } from '../../isa/operand.ts';
import type { Cpu } from '../cpu.ts';
import { CF, setFlags, STATUS, ZF } from '../flags.ts';
import type { Semantic, Semantics } from './semantic.ts';

/** BT family: `change` makes the new word from the old one and the bit's mask; without it nothing is written. */
const bitTest =
  (change?: (word: bigint, mask: bigint) => bigint): Semantic =>
  (cpu, insn) => {
    const { dst, src, size } = insn;
    const index = cpu.read(src);
    const mask = 1n << (index & BigInt(size - 1));
    if (dst.kind === 'mem' && src.kind === 'reg') {
      const offset = wordOfBit(cpu, dst, index, size);
      if (change) cpu.probeWrite(dst.segment, offset, size);
      const word = cpu.load(dst.segment, offset, size);
      if (change) cpu.store(dst.segment, offset, size, change(word, mask));
      setFlags(cpu, CF, word & mask ? CF : 0);
    } else {
      const word = change ? cpu.readForUpdate(dst) : cpu.read(dst);
      if (change) cpu.write(dst, change(word, mask));
      setFlags(cpu, CF, word & mask ? CF : 0);
    }
  };

/** A bit string in memory: a register's index is signed and may lie far outside of the operand (SDM vol. 2, BT). */
const wordOfBit = (cpu: Cpu, dst: MemOperand, index: bigint, size: Size): bigint =>
  truncate(cpu.offsetOf(dst) + ((signed(index, size) >> 3n) & -BigInt(size / 8)), dst.addressSize);

/** Number of the highest bit that is set, -1 for zero. */
function highestBit(value: bigint): number {
  const upper = Number(value >> 32n);
  return upper ? 63 - Math.clz32(upper) : 31 - Math.clz32(Number(value & 0xffff_ffffn));
}

const lowestBit = (value: bigint): number => highestBit(value & -value);

/** BSF, BSR: with a source of zero the destination stays as it is. */
const scan =
  (find: (value: bigint) => number): Semantic =>
  (cpu, { dst, src }) => {
    const value = cpu.read(src);
    if (value !== 0n) cpu.write(dst, BigInt(find(value)));
    setFlags(cpu, STATUS, value === 0n ? ZF : 0);
  };

/** TZCNT, LZCNT: the operand's width for a source of zero, which CF tells. */
const countZeros =
  (count: (value: bigint, size: Size) => number): Semantic =>
  (cpu, { dst, src, size }) => {
    const value = cpu.read(src);
    const zeros = value === 0n ? size : count(value, size);
    cpu.write(dst, BigInt(zeros));
    setFlags(cpu, STATUS, (value === 0n ? CF : 0) | (zeros === 0 ? ZF : 0));
  };

function countOnes(value: bigint): number {
  let ones = 0;
  for (let rest = value; rest !== 0n; rest &= rest - 1n) ones++;
  return ones;
}

/** The Castagnoli polynomial 11EDC6F41H with its bits reversed, as CRC32 works on reversed operands (SDM vol. 2, CRC32). */
const CASTAGNOLI = 0x82f6_3b78;

function addToCrc(crc: number, data: bigint, size: number): number {
  let sum = crc;
  for (let rest = data, left = size; left > 0; left -= 8, rest >>= 8n) {
    sum ^= Number(rest & 0xffn);
    for (let step = 0; step < 8; step++) sum = sum & 1 ? (sum >>> 1) ^ CASTAGNOLI : sum >>> 1;
  }
  return sum >>> 0;
}

function crc32(cpu: Cpu, { dst, src }: Insn): void {
  const crc = Number(cpu.read(dst) & 0xffff_ffffn);
  cpu.write(dst, BigInt(addToCrc(crc, cpu.read(src), (src as RegOperand | MemOperand).size)));
}

export const BITS = {
  bt: bitTest(),
  bts: bitTest((word, mask) => word | mask),
  btr: bitTest((word, mask) => word & ~mask),
  btc: bitTest((word, mask) => word ^ mask),
  bsf: scan(lowestBit),
  bsr: scan(highestBit),
  tzcnt: countZeros(lowestBit),
  lzcnt: countZeros((value, size) => size - 1 - highestBit(value)),
  popcnt: (cpu, { dst, src }) => {
    const value = cpu.read(src);
    cpu.write(dst, BigInt(countOnes(value)));
    setFlags(cpu, STATUS, value === 0n ? ZF : 0);
  },
  crc32,
} satisfies Semantics;
