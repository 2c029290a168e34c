// Shifts and rotates. Counts are masked to 5 bits, 6 for quadwords (SDM vol. 2, SAL/SAR/SHL/SHR); with a masked count of 0 no flag changes,
// but a 32-bit destination still clears its upper half. CF for counts beyond the operand is undefined: it is what single steps would give.

import { signed, type Size, truncate } from '../../base/bits.ts';
import type { Operand } from '../../isa/operand.ts';
import type { Cpu } from '../cpu.ts';
import { CF, setFlagsOfRotate, setFlagsOfShift } from '../flags.ts';
import type { Semantics } from './semantic.ts';

const readCount = (cpu: Cpu, count: Operand, size: Size): bigint => cpu.read(count) & (size === 64 ? 63n : 31n);
const bit = (value: bigint, index: bigint): number => Number((value >> index) & 1n);

export const SHIFT = {
  shl: (cpu, { dst, src, size }) => {
    const count = readCount(cpu, src, size);
    const result = cpu.readForUpdate(dst) << count;
    cpu.write(dst, result);
    if (count !== 0n) setFlagsOfShift(cpu, result, bit(result, BigInt(size)), size, 'left');
  },
  shr: (cpu, { dst, src, size }) => {
    const count = readCount(cpu, src, size);
    const a = cpu.readForUpdate(dst);
    const result = a >> count;
    cpu.write(dst, result);
    if (count !== 0n) setFlagsOfShift(cpu, result, bit(a, count - 1n), size, 'right');
  },
  sar: (cpu, { dst, src, size }) => {
    const count = readCount(cpu, src, size);
    const a = signed(cpu.readForUpdate(dst), size);
    const result = a >> count;
    cpu.write(dst, result);
    if (count !== 0n) setFlagsOfShift(cpu, result, bit(a, count - 1n), size, 'right');
  },
  rol: (cpu, { dst, src, size }) => {
    const count = readCount(cpu, src, size);
    const distance = count % BigInt(size);
    const a = cpu.readForUpdate(dst);
    const result = (a << distance) | (a >> (BigInt(size) - distance));
    cpu.write(dst, result);
    if (count !== 0n) setFlagsOfRotate(cpu, result, bit(result, 0n), size, 'left');
  },
  ror: (cpu, { dst, src, size }) => {
    const count = readCount(cpu, src, size);
    const distance = count % BigInt(size);
    const a = cpu.readForUpdate(dst);
    const result = (a >> distance) | (a << (BigInt(size) - distance));
    cpu.write(dst, result);
    if (count !== 0n) setFlagsOfRotate(cpu, result, bit(result, BigInt(size) - 1n), size, 'right');
  },
  rcl: (cpu, { dst, src, size }) => {
    const width = BigInt(size) + 1n;
    const count = readCount(cpu, src, size) % width;
    const a = withCarry(cpu, cpu.readForUpdate(dst), size);
    const result = truncate((a << count) | (a >> (width - count)), size + 1);
    cpu.write(dst, result);
    if (count !== 0n) setFlagsOfRotate(cpu, result, bit(result, BigInt(size)), size, 'left');
  },
  rcr: (cpu, { dst, src, size }) => {
    const width = BigInt(size) + 1n;
    const count = readCount(cpu, src, size) % width;
    const a = withCarry(cpu, cpu.readForUpdate(dst), size);
    const result = truncate((a >> count) | (a << (width - count)), size + 1);
    cpu.write(dst, result);
    if (count !== 0n) setFlagsOfRotate(cpu, result, bit(result, BigInt(size)), size, 'right');
  },
  shld: (cpu, { dst, src, third, size }) => {
    const width = BigInt(size);
    const count = readCount(cpu, third, size);
    const wide = aroundSource(cpu.readForUpdate(dst), cpu.read(src), width) << count;
    const result = truncate(wide >> (2n * width), size);
    cpu.write(dst, result);
    if (count !== 0n) setFlagsOfShift(cpu, result, bit(wide, 3n * width), size, 'left');
  },
  shrd: (cpu, { dst, src, third, size }) => {
    const count = readCount(cpu, third, size);
    const wide = aroundSource(cpu.readForUpdate(dst), cpu.read(src), BigInt(size));
    const result = truncate(wide >> count, size);
    cpu.write(dst, result);
    if (count !== 0n) setFlagsOfShift(cpu, result, bit(wide, count - 1n), size, 'right');
  },
} satisfies Semantics;

/** CF as one more bit above the operand: what RCL and RCR rotate. */
const withCarry = (cpu: Cpu, a: bigint, size: Size): bigint => (cpu.rflags & CF ? a | (1n << BigInt(size)) : a);

/** SHLD and SHRD of a word by more than 16 are undefined: Intel processors then shift in the destination's own bits after the source's. */
const aroundSource = (a: bigint, b: bigint, width: bigint): bigint => (a << (2n * width)) | (b << width) | a;
