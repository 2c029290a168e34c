// Data movement. CMOVcc always reads its source and always writes its destination, so a false 32-bit one clears the upper half.

import { signExtend, signed, truncate } from '../../base/bits.ts';
import { type MemOperand, type Operand, RAX, RBX, RCX, RDX, type RegOperand } from '../../isa/operand.ts';
import type { Cpu } from '../cpu.ts';
import { Fault, GP } from '../events/fault.ts';
import { holds, setFlags, setFlagsOfAdd, setFlagsOfSub, ZF } from '../flags.ts';
import { WRITE } from '../memory/paging.ts';
import { type Semantic, type Semantics, sourceSegment } from './semantic.ts';

const widthOf = (operand: Operand): number => (operand as RegOperand | MemOperand).size;

/** `value` with its bytes in the opposite order. */
export function swapBytes(value: bigint, size: number): bigint {
  let swapped = 0n;
  for (let rest = value, left = size; left > 0; left -= 8, rest >>= 8n) swapped = (swapped << 8n) | (rest & 0xffn);
  return swapped;
}

/** CMPXCHG8B and 16B: rDX:rAX is compared with a pair of words and rCX:rBX takes its place, or what was there is written again. */
const compareExchangePair =
  (size: 32 | 64): Semantic =>
  (cpu, { dst }) => {
    const { segment } = dst as MemOperand;
    const [first, second] = pairAt(cpu, dst as MemOperand, size);
    if (size === 64 && cpu.linear(segment, first, 128, WRITE) & 15n) throw new Fault(GP, 0);
    cpu.probeWrite(segment, first, size);
    cpu.probeWrite(segment, second, size);
    const low = cpu.load(segment, first, size);
    const high = cpu.load(segment, second, size);
    const isEqual = low === cpu.readReg(RAX, size) && high === cpu.readReg(RDX, size);
    cpu.store(segment, first, size, isEqual ? cpu.readReg(RBX, size) : low);
    cpu.store(segment, second, size, isEqual ? cpu.readReg(RCX, size) : high);
    if (!isEqual) {
      cpu.writeReg(RAX, size, low);
      cpu.writeReg(RDX, size, high);
    }
    setFlags(cpu, ZF, isEqual ? ZF : 0);
  };

/** Memory before registers, and the destination last, which wins when both are one register. */
function exchange(cpu: Cpu, dst: Operand, forDst: bigint, src: Operand, forSrc: bigint): void {
  if (dst.kind === 'mem') cpu.write(dst, forDst);
  cpu.write(src, forSrc);
  if (dst.kind !== 'mem') cpu.write(dst, forDst);
}

/** Offsets of the two words of a memory operand; the second does not wrap at the address size, as no access does. */
export function pairAt(cpu: Cpu, operand: MemOperand, size: number): readonly [bigint, bigint] {
  const first = cpu.offsetOf(operand);
  return [first, truncate(first + BigInt(size / 8), 64)];
}

export const DATA = {
  mov: (cpu, { dst, src }) => cpu.write(dst, cpu.read(src)),
  movzx: (cpu, { dst, src }) => cpu.write(dst, cpu.read(src)),
  movsx: (cpu, { dst, src }) => cpu.write(dst, signed(cpu.read(src), widthOf(src))),
  movbe: (cpu, { dst, src, size }) => cpu.write(dst, swapBytes(cpu.read(src), size)),
  bswap: (cpu, { dst, size }) => cpu.write(dst, size === 16 ? 0n : swapBytes(cpu.read(dst), size)),
  lea: (cpu, { dst, src }) => cpu.write(dst, cpu.offsetOf(src as MemOperand)),
  xlat: (cpu, insn) => {
    const { addressSize } = insn;
    const offset = truncate(cpu.readReg(RBX, addressSize) + cpu.readReg(RAX, 8), addressSize);
    cpu.writeReg(RAX, 8, cpu.load(sourceSegment(insn), offset, 8));
  },
  cmovcc: (cpu, { dst, src, form }) => {
    const value = cpu.read(src);
    cpu.write(dst, holds(cpu.rflags, form.condition) ? value : cpu.read(dst));
  },
  setcc: (cpu, { dst, form }) => cpu.write(dst, holds(cpu.rflags, form.condition) ? 1n : 0n),
  cbw: (cpu, { size }) => cpu.writeReg(RAX, size, signExtend(cpu.readReg(RAX, (size / 2) as 8 | 16 | 32), size / 2, size)),
  cwd: (cpu, { size }) => cpu.writeReg(RDX, size, signExtend(cpu.readReg(RAX, size) >> BigInt(size - 1), 1, size)),

  xchg: (cpu, { dst, src }) => {
    const a = cpu.readForUpdate(dst);
    const b = cpu.readForUpdate(src);
    exchange(cpu, dst, b, src, a);
  },
  xadd: (cpu, { dst, src, size }) => {
    const a = cpu.readForUpdate(dst);
    const b = cpu.read(src);
    exchange(cpu, dst, a + b, src, a);
    setFlagsOfAdd(cpu, a, b, a + b, size);
  },
  cmpxchg: (cpu, { dst, src, size }) => {
    const old = cpu.readForUpdate(dst);
    const accumulator = cpu.readReg(RAX, size);
    const isEqual = old === accumulator;
    // Memory is written in both cases; a register keeps even its upper half when the comparison fails.
    if (isEqual || dst.kind === 'mem') cpu.write(dst, isEqual ? cpu.read(src) : old);
    if (!isEqual) cpu.writeReg(RAX, size, old);
    setFlagsOfSub(cpu, accumulator, old, accumulator - old, size);
  },
  cmpxchg8b: compareExchangePair(32),
  cmpxchg16b: compareExchangePair(64),
} satisfies Semantics;
