// The stack: PUSH to LEAVE. Instructions of several stack accesses check all of them before the first change; rSP itself is
// written last. A stack pointer is as wide as SS.B says, 64 bits in 64-bit mode (SDM vol. 1, 6.2.3), whatever the operand size.

import { type Size, truncate } from '../../base/bits.ts';
import { RAX, RBP, RBX, RCX, RDI, RDX, RSI, RSP, SS, type SystemRegOperand } from '../../isa/operand.ts';
import type { Cpu } from '../cpu.ts';
import { AC, AF, CF, DF, ID, IF, IOPL, NT, OF, PF, RF, SF, TF, VM, ZF } from '../flags.ts';
import type { Semantics } from './semantic.ts';

type StackSize = 16 | 32 | 64;

/** The offset `distance` bytes above the top of the stack. */
const slot = (cpu: Cpu, distance: number): bigint => truncate(cpu.readReg(RSP, cpu.stackSize) + BigInt(distance), cpu.stackSize);

/** What POP would give, left where it is. */
export const top = (cpu: Cpu, size: Size): bigint => cpu.load(SS, slot(cpu, 0), size);

/** Moves rSP up, past `bytes` bytes. */
export const discard = (cpu: Cpu, bytes: bigint): void =>
  cpu.writeReg(RSP, cpu.stackSize, cpu.readReg(RSP, cpu.stackSize) + bytes);

/** In the order in which PUSHA pushes them. */
const ALL = [RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI] as const;

const POPPED = CF | PF | AF | ZF | SF | TF | DF | OF | NT | AC | ID;

/** Flags that POPF may change at this privilege; what it may not change it leaves without a fault (SDM vol. 2, POPF). */
const changeableFlags = (cpu: Cpu): number => POPPED | (cpu.cpl === 0 ? IOPL : 0) | (cpu.cpl <= cpu.iopl ? IF : 0);

export const STACK = {
  push: (cpu, { dst, size }) => cpu.push(cpu.read(dst), size as StackSize),
  pop: (cpu, { dst, size }) => {
    const before = cpu.readReg(RSP, 64);
    const value = cpu.pop(size as StackSize);
    if (dst.kind === 'mem') {
      // [rSP+n] is computed with the new rSP, which must be the old one again if the store faults.
      const after = cpu.readReg(RSP, 64);
      const offset = cpu.offsetOf(dst);
      cpu.writeReg(RSP, 64, before);
      cpu.store(dst.segment, offset, size, value);
      cpu.writeReg(RSP, 64, after);
    } else {
      cpu.write(dst, value);
    }
  },
  push_seg: (cpu, { dst, size }) => {
    // A doubleword slot gets 16 bits and keeps the others, as on recent Intel processors (SDM vol. 2, PUSH).
    cpu.store(SS, slot(cpu, -size / 8), size === 32 ? 16 : size, BigInt(cpu.segSelector[(dst as SystemRegOperand).index]));
    discard(cpu, BigInt(-size / 8));
  },
  pusha: (cpu, { size }) => {
    const values = ALL.map((register) => cpu.readReg(register, size));
    const offsets = values.map((_, index) => slot(cpu, (-(index + 1) * size) / 8));
    for (const offset of offsets) cpu.probeWrite(SS, offset, size);
    for (const [index, value] of values.entries()) cpu.store(SS, offsets[index], size, value);
    discard(cpu, BigInt((-values.length * size) / 8));
  },
  popa: (cpu, { size }) => {
    const registers = ALL.toReversed();
    const values = registers.map((_, index) => cpu.load(SS, slot(cpu, (index * size) / 8), size));
    for (const [index, register] of registers.entries()) if (register !== RSP) cpu.writeReg(register, size, values[index]);
    discard(cpu, BigInt((values.length * size) / 8));
  },
  pushf: (cpu, { size }) => cpu.push(BigInt(cpu.rflags & ~(VM | RF)), size as StackSize),
  popf: (cpu, { size }) => {
    const changeable = changeableFlags(cpu) & (size === 16 ? 0xffff : -1);
    const values = Number(truncate(cpu.pop(size as StackSize), 32));
    cpu.setRflags((cpu.rflags & ~(changeable | RF)) | (values & changeable));
  },
  enter: (cpu, insn) => {
    const { dst, src, size } = insn;
    const allocated = cpu.read(dst);
    const level = Number(cpu.read(src)) % 32;
    const bytes = size / 8;
    const display = (index: number): bigint => truncate(cpu.readReg(RBP, cpu.stackSize) - BigInt(index * bytes), cpu.stackSize);
    const pushed = level === 0 ? 1 : level + 1;
    for (let index = 1; index <= pushed; index++) cpu.probeWrite(SS, slot(cpu, -index * bytes), size);
    for (let index = 1; index < level; index++) cpu.load(SS, display(index), size);
    cpu.probeWrite(SS, truncate(slot(cpu, -pushed * bytes) - allocated, cpu.stackSize), size);

    const frame = slot(cpu, -bytes);
    // FrameTemp is the whole stack pointer, also where the stack uses half of it.
    const pointer = cpu.stackSize === 16 ? (cpu.readReg(RSP, 32) & 0xffff_0000n) | frame : frame;
    cpu.store(SS, frame, size, cpu.readReg(RBP, size));
    for (let index = 1; index < level; index++)
      cpu.store(SS, slot(cpu, -(index + 1) * bytes), size, cpu.load(SS, display(index), size));
    if (level > 0) cpu.store(SS, slot(cpu, -pushed * bytes), size, pointer);
    discard(cpu, -allocated - BigInt(pushed * bytes));
    cpu.writeReg(RBP, size, pointer);
  },
  leave: (cpu, { size }) => {
    const frame = cpu.readReg(RBP, cpu.stackSize);
    const value = cpu.load(SS, frame, size);
    cpu.writeReg(RSP, cpu.stackSize, frame + BigInt(size / 8));
    cpu.writeReg(RBP, size, value);
  },
} satisfies Semantics;
