// Near transfers. The target is checked before anything is pushed, popped or counted, so a #GP(0) leaves no trace.

import { signed } from '../../base/bits.ts';
import type { Insn } from '../../isa/insn.ts';
import { type MemOperand, type Operand, RCX } from '../../isa/operand.ts';
import type { Cpu } from '../cpu.ts';
import { BR, Fault } from '../events/fault.ts';
import { holds, ZF } from '../flags.ts';
import { pairAt } from './data.ts';
import type { Semantic, Semantics } from './semantic.ts';
import { discard, top } from './stack.ts';

/** Ticks of a PAUSE: enough to make a spinning CPU leave time to others. */
export const PAUSE_TICKS = 40;

function branch(cpu: Cpu, insn: Insn, target: Operand): void {
  if (target.kind === 'rel') cpu.branchRelative(insn, target.displacement);
  else cpu.jump(cpu.read(target));
}

/** LOOP family: rCX, of the address size, is counted down without touching flags. */
const loop =
  (condition: (cpu: Cpu) => boolean): Semantic =>
  (cpu, insn) => {
    const count = cpu.readReg(RCX, insn.addressSize) - 1n;
    if (count !== 0n && condition(cpu)) branch(cpu, insn, insn.dst);
    cpu.writeReg(RCX, insn.addressSize, count);
  };

export const FLOW = {
  jcc: (cpu, insn) => {
    if (holds(cpu.rflags, insn.form.condition)) branch(cpu, insn, insn.dst);
  },
  jmp: (cpu, insn) => branch(cpu, insn, insn.dst),
  jrcxz: (cpu, insn) => {
    if (cpu.readReg(RCX, insn.addressSize) === 0n) branch(cpu, insn, insn.dst);
  },
  loop: loop(() => true),
  loope: loop((cpu) => (cpu.rflags & ZF) !== 0),
  loopne: loop((cpu) => (cpu.rflags & ZF) === 0),
  call: (cpu, insn) => {
    const returnTo = cpu.nextRip;
    branch(cpu, insn, insn.dst);
    cpu.push(returnTo, insn.size);
  },
  ret: (cpu, { dst, size }) => {
    cpu.jump(top(cpu, size));
    discard(cpu, BigInt(size / 8) + (dst.kind === 'none' ? 0n : cpu.read(dst)));
  },
  bound: (cpu, { dst, src, size }) => {
    const index = signed(cpu.read(dst), size);
    const { segment } = src as MemOperand;
    const [lower, upper] = pairAt(cpu, src as MemOperand, size).map((offset) => signed(cpu.load(segment, offset, size), size));
    if (index < lower || index > upper) throw new Fault(BR);
  },
  nop: () => {},
  pause: (cpu) => {
    cpu.ticks = PAUSE_TICKS;
  },
} satisfies Semantics;
