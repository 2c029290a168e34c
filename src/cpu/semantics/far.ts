// Transfers to another code segment: far JMP, CALL and RET, INT and IRET (SDM vol. 3, 5.8, 6.12; vol. 2, their Operation
// sections). Call gates, task switches and virtual-8086 mode are not modelled: what would lead there is #GP with the selector, as
// if it were bad.

import { type Size, truncate } from '../../base/bits.ts';
import { CS, DS, ES, FS, GS, type Operand, RSP, SS } from '../../isa/operand.ts';
import { isCanonical } from '../memory/canonical.ts';
import type { Cpu } from '../cpu.ts';
import { noteDebugException } from '../events/debug.ts';
import { BP, DB, Fault, GP, NP, OF as OVERFLOW } from '../events/fault.ts';
import { AC, AF, CF, DF, ID, IF, IOPL, NT, OF, PF, RF, SF, TF, VIF, VIP, VM, ZF } from '../flags.ts';
import { atomically, deliver } from '../events/interrupt.ts';
import { DESCRIPTOR_DB, DESCRIPTOR_L, dplOf } from '../identity/registers.ts';
import {
  checkStackSegment, type Descriptor, errorOf, isCode, isConforming, isNull, isPresent, markAccessed, readDescriptor,
  setFromDescriptor,
} from '../memory/segment.ts';
import { FAST_CALLS } from './fast-call.ts';
import type { Semantics } from './semantic.ts';

interface FarPointer {
  readonly selector: number;
  readonly offset: bigint;
}

function readFarPointer(cpu: Cpu, op: Operand, size: Size): FarPointer {
  if (op.kind === 'far') return op;
  if (op.kind !== 'mem') throw new Error(`A far pointer cannot be an operand of kind ${op.kind}.`);
  const offset = cpu.offsetOf(op);
  const selectorAt = truncate(offset + BigInt(size / 8), op.addressSize);
  return { offset: cpu.load(op.segment, offset, size), selector: Number(cpu.load(op.segment, selectorAt, 16)) };
}

/** A code segment's descriptor with the checks that all far transfers share. `allowed` is the privilege rule. */
function readCode(cpu: Cpu, { selector, offset }: FarPointer, allowed: (attributes: number, dpl: number) => boolean): Descriptor {
  if (isNull(selector)) throw new Fault(GP, 0);
  const code = readDescriptor(cpu, selector, GP);
  const { attributes, limit } = code;
  const is64 = cpu.longMode && (attributes & DESCRIPTOR_L) !== 0;
  if (!isCode(attributes) || !allowed(attributes, dplOf(attributes)) || (is64 && (attributes & DESCRIPTOR_DB) !== 0)) {
    throw new Fault(GP, errorOf(selector));
  }
  if (!isPresent(attributes)) throw new Fault(NP, errorOf(selector));
  if (is64 ? !isCanonical(offset) : Number(offset) > limit) throw new Fault(GP, 0);
  return code;
}

/** Enters code at the present privilege; `save` is what CALL does once the target is known to be good. */
function transfer(cpu: Cpu, target: FarPointer, save: () => void): void {
  atomically(cpu, () => {
    if (cpu.protectedMode) {
      const rpl = target.selector & 3;
      const code = readCode(cpu, target, (attributes, dpl) =>
        isConforming(attributes) ? dpl <= cpu.cpl : rpl <= cpu.cpl && dpl === cpu.cpl,
      );
      save();
      markAccessed(cpu, code);
      setFromDescriptor(cpu, CS, (target.selector & ~3) | cpu.cpl, code);
    } else {
      if (target.offset > BigInt(cpu.codeLimit)) throw new Fault(GP, 0);
      save();
      cpu.setRealSegment(CS, target.selector);
    }
    cpu.nextRip = target.offset;
  });
}

/** Leaves for the code at a popped CS:RIP; to an outer level, or if `alwaysStack`, `popStack` gives SS:RSP. */
function returnTo(cpu: Cpu, target: FarPointer, popStack: () => FarPointer, alwaysStack: boolean, finish: () => void): void {
  const rpl = target.selector & 3;
  const code = readCode(cpu, target, (attributes, dpl) => rpl >= cpu.cpl && (isConforming(attributes) ? dpl <= rpl : dpl === rpl));
  const outward = rpl > cpu.cpl;
  const stack = outward || alwaysStack ? popStack() : undefined;
  markAccessed(cpu, code);
  setFromDescriptor(cpu, CS, target.selector, code);
  if (stack !== undefined) {
    const descriptor = checkStackSegment(cpu, stack.selector, rpl, GP);
    if (descriptor === undefined) cpu.setSegment(SS, stack.selector, 0n, 0, rpl << 5);
    else setFromDescriptor(cpu, SS, stack.selector, descriptor);
    cpu.writeReg(RSP, cpu.stackSize, stack.offset);
  }
  cpu.setCpl(rpl);
  finish();
  if (outward) dropPrivilegedSegments(cpu);
  cpu.nextRip = target.offset;
}

/** Data segments that the outer level may not use become null; bases of FS and GS stay. */
function dropPrivilegedSegments(cpu: Cpu): void {
  for (const segment of [ES, DS, FS, GS]) {
    const attributes = cpu.segAttributes[segment];
    if (isPresent(attributes) && !isConforming(attributes) && dplOf(attributes) < cpu.cpl) {
      cpu.setSegment(segment, 0, cpu.segBase[segment], 0, 0);
    }
  }
}

const popPointer = (cpu: Cpu, size: Size): FarPointer => {
  const offset = cpu.pop(size);
  return { offset, selector: Number(cpu.pop(size) & 0xffffn) };
};

/** Flags that IRET restores with this privilege (SDM vol. 2, IRET); the width of the frame is for the caller to apply. */
const restorable = (cpu: Cpu): number =>
  CF | PF | AF | ZF | SF | TF | DF | OF | NT | RF | AC | ID |
  (!cpu.protectedMode || cpu.cpl <= cpu.iopl ? IF : 0) |
  (cpu.cpl === 0 ? IOPL | VIF | VIP : 0);

function interruptReturn(cpu: Cpu, size: Size): void {
  const { frame } = cpu;
  frame.pop(cpu, 3, size);
  const target = { offset: frame.whole(0), selector: frame.low(1) & 0xffff };
  const image = frame.low(2);
  const affected = restorable(cpu) & (size === 16 ? 0xffff : -1);
  const flags = (cpu.rflags & ~affected) | (image & affected);
  if (cpu.protectedMode) {
    if ((image & VM) !== 0 && !cpu.longMode && cpu.cpl === 0) throw new Fault(GP, 0);
    const popStack = (): FarPointer => {
      frame.pop(cpu, 2, size);
      return { offset: frame.whole(0), selector: frame.low(1) & 0xffff };
    };
    returnTo(cpu, target, popStack, cpu.mode === 64, () => cpu.setRflags(flags));
  } else {
    if (target.offset > BigInt(cpu.codeLimit)) throw new Fault(GP, 0);
    cpu.setRealSegment(CS, target.selector);
    cpu.nextRip = target.offset;
    cpu.setRflags(flags);
  }
}

const interrupt = (cpu: Cpu, vector: number, software: boolean): void =>
  deliver(cpu, { vector, error: undefined, software, resume: false, returnTo: cpu.nextRip });

export const FAR = {
  ...FAST_CALLS,
  jmp_far: (cpu, { dst, size }) => transfer(cpu, readFarPointer(cpu, dst, size), () => {}),
  call_far: (cpu, { dst, size }) =>
    transfer(cpu, readFarPointer(cpu, dst, size), () => {
      cpu.push(BigInt(cpu.segSelector[CS]), size);
      cpu.push(cpu.nextRip, size);
    }),
  ret_far: (cpu, { dst, size }) =>
    atomically(cpu, () => {
      const parameters = dst.kind === 'none' ? 0n : cpu.read(dst);
      const release = (): void => cpu.writeReg(RSP, cpu.stackSize, cpu.readReg(RSP, cpu.stackSize) + parameters);
      const target = popPointer(cpu, size);
      if (cpu.protectedMode) {
        const popStack = (): FarPointer => {
          release();
          return popPointer(cpu, size);
        };
        returnTo(cpu, target, popStack, false, release);
      } else {
        if (target.offset > BigInt(cpu.codeLimit)) throw new Fault(GP, 0);
        cpu.setRealSegment(CS, target.selector);
        cpu.nextRip = target.offset;
        release();
      }
    }),
  int: (cpu, { dst }) => interrupt(cpu, Number(cpu.read(dst)), true),
  int3: (cpu) => interrupt(cpu, BP, true),
  into: (cpu) => {
    if ((cpu.rflags & OF) !== 0) interrupt(cpu, OVERFLOW, true);
  },
  int1: (cpu) => {
    interrupt(cpu, DB, false);
    noteDebugException(cpu, 0);
  },
  iret: (cpu, { size }) => {
    // Blocking ends whether or not the return succeeds (N1).
    cpu.nmiBlocked = false;
    cpu.attention = true;
    if (cpu.protectedMode && (cpu.rflags & NT) !== 0) throw new Fault(GP, 0);
    atomically(cpu, () => interruptReturn(cpu, size));
  },
} satisfies Semantics;
