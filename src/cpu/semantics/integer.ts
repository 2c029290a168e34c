// Addition to division, and logic. Sums and differences are passed on as they come: writing an operand truncates, and so do flags.

import { type Size, signed } from '../../base/bits.ts';
import { RAX, RDX } from '../../isa/operand.ts';
import type { Cpu } from '../cpu.ts';
import { DE, Fault } from '../events/fault.ts';
import { CF, setFlagsOfAdd, setFlagsOfLogic, setFlagsOfMultiply, setFlagsOfSub, STATUS } from '../flags.ts';
import type { Semantic, Semantics } from './semantic.ts';

const carryOf = (cpu: Cpu): bigint => (cpu.rflags & CF ? 1n : 0n);

const logic =
  (combine: (a: bigint, b: bigint) => bigint): Semantic =>
  (cpu, { dst, src, size }) => {
    const result = combine(cpu.readForUpdate(dst), cpu.read(src));
    cpu.write(dst, result);
    setFlagsOfLogic(cpu, result, size);
  };

/** rDX:rAX, or AX for bytes. */
function readDouble(cpu: Cpu, size: Size): bigint {
  return size === 8 ? cpu.readReg(RAX, 16) : (cpu.readReg(RDX, size) << BigInt(size)) | cpu.readReg(RAX, size);
}

function writeHalves(cpu: Cpu, low: bigint, high: bigint, size: Size): void {
  if (size === 8) {
    cpu.writeReg(RAX, 16, ((high & 0xffn) << 8n) | (low & 0xffn));
  } else {
    cpu.writeReg(RAX, size, low);
    cpu.writeReg(RDX, size, high);
  }
}

export const INTEGER = {
  add: (cpu, { dst, src, size }) => {
    const a = cpu.readForUpdate(dst);
    const b = cpu.read(src);
    const sum = a + b;
    cpu.write(dst, sum);
    setFlagsOfAdd(cpu, a, b, sum, size);
  },
  adc: (cpu, { dst, src, size }) => {
    const a = cpu.readForUpdate(dst);
    const b = cpu.read(src);
    const sum = a + b + carryOf(cpu);
    cpu.write(dst, sum);
    setFlagsOfAdd(cpu, a, b, sum, size);
  },
  sub: (cpu, { dst, src, size }) => {
    const a = cpu.readForUpdate(dst);
    const b = cpu.read(src);
    const difference = a - b;
    cpu.write(dst, difference);
    setFlagsOfSub(cpu, a, b, difference, size);
  },
  sbb: (cpu, { dst, src, size }) => {
    const a = cpu.readForUpdate(dst);
    const b = cpu.read(src);
    const difference = a - b - carryOf(cpu);
    cpu.write(dst, difference);
    setFlagsOfSub(cpu, a, b, difference, size);
  },
  cmp: (cpu, { dst, src, size }) => {
    const a = cpu.read(dst);
    const b = cpu.read(src);
    setFlagsOfSub(cpu, a, b, a - b, size);
  },
  inc: (cpu, { dst, size }) => {
    const a = cpu.readForUpdate(dst);
    cpu.write(dst, a + 1n);
    setFlagsOfAdd(cpu, a, 1n, a + 1n, size, STATUS & ~CF);
  },
  dec: (cpu, { dst, size }) => {
    const a = cpu.readForUpdate(dst);
    cpu.write(dst, a - 1n);
    setFlagsOfSub(cpu, a, 1n, a - 1n, size, STATUS & ~CF);
  },
  neg: (cpu, { dst, size }) => {
    const a = cpu.readForUpdate(dst);
    cpu.write(dst, -a);
    setFlagsOfSub(cpu, 0n, a, -a, size);
  },
  not: (cpu, { dst }) => cpu.write(dst, ~cpu.readForUpdate(dst)),
  and: logic((a, b) => a & b),
  or: logic((a, b) => a | b),
  xor: logic((a, b) => a ^ b),
  test: (cpu, { dst, src, size }) => setFlagsOfLogic(cpu, cpu.read(dst) & cpu.read(src), size),

  mul: (cpu, { dst, size }) => {
    const product = cpu.readReg(RAX, size) * cpu.read(dst);
    const high = product >> BigInt(size);
    writeHalves(cpu, product, high, size);
    setFlagsOfMultiply(cpu, product, size, high !== 0n);
  },
  imul: (cpu, { dst, src, size }) => {
    const isShort = src.kind === 'none';
    const a = isShort ? cpu.readReg(RAX, size) : cpu.read(dst);
    const b = isShort ? cpu.read(dst) : cpu.read(src);
    const product = signed(a, size) * signed(b, size);
    if (isShort) writeHalves(cpu, product, product >> BigInt(size), size);
    else cpu.write(dst, product);
    setFlagsOfMultiply(cpu, product, size, signed(product, size) !== product);
  },
  imul3: (cpu, { dst, src, third, size }) => {
    const product = signed(cpu.read(src), size) * signed(cpu.read(third), size);
    cpu.write(dst, product);
    setFlagsOfMultiply(cpu, product, size, signed(product, size) !== product);
  },
  div: (cpu, { dst, size }) => {
    const divisor = cpu.read(dst);
    const dividend = readDouble(cpu, size);
    if (divisor === 0n || (dividend / divisor) >> BigInt(size) !== 0n) throw new Fault(DE);
    writeHalves(cpu, dividend / divisor, dividend % divisor, size);
  },
  idiv: (cpu, { dst, size }) => {
    const divisor = signed(cpu.read(dst), size);
    const dividend = signed(readDouble(cpu, size), 2 * size);
    if (divisor === 0n) throw new Fault(DE);
    const quotient = dividend / divisor;
    if (signed(quotient, size) !== quotient) throw new Fault(DE);
    writeHalves(cpu, quotient, dividend % divisor, size);
  },
} satisfies Semantics;
