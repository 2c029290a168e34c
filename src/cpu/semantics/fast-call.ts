// SYSCALL, SYSRET, SYSENTER, SYSEXIT: fixed flat segments instead of descriptors (SDM vol. 3, 5.8.7, 5.8.8).

import { CS, RCX, RDX, RSP, SS } from '../../isa/operand.ts';
import { isCanonical } from '../memory/canonical.ts';
import type { Cpu } from '../cpu.ts';
import { Fault, GP, UD } from '../events/fault.ts';
import { IF, RF, TF, VM } from '../flags.ts';
import {
  DESCRIPTOR_DB, DESCRIPTOR_G, DESCRIPTOR_L, DESCRIPTOR_P, DESCRIPTOR_S, DPL_SHIFT, EFER_SCE, TYPE_ACCESSED, TYPE_CODE,
  TYPE_READABLE, TYPE_WRITABLE,
} from '../identity/registers.ts';
import { STATE_OFFSETS } from '../state.ts';
import type { Semantics } from './semantic.ts';

const R11 = 11;
const STAR_HIGH = STATE_OFFSETS.star / 4 + 1;
const COMMON = DESCRIPTOR_G | DESCRIPTOR_P | DESCRIPTOR_S | TYPE_ACCESSED;
/** What SYSRET takes of R11: everything defined but RF and VM. */
const SYSRET_FLAGS = 0x3c_7fd7;

/** Flat CS and SS for privilege `cpl`. */
function setFlat(cpu: Cpu, selector: number, stackSelector: number, cpl: number, is64: boolean): void {
  const dpl = cpl << DPL_SHIFT;
  const width = is64 ? DESCRIPTOR_L : DESCRIPTOR_DB;
  cpu.setSegment(CS, selector | cpl, 0n, 0xffff_ffff, COMMON | TYPE_CODE | TYPE_READABLE | dpl | width);
  cpu.setSegment(SS, stackSelector | cpl, 0n, 0xffff_ffff, COMMON | TYPE_WRITABLE | dpl | DESCRIPTOR_DB);
  cpu.setCpl(cpl);
}

function requireSyscall(cpu: Cpu): void {
  if (cpu.mode !== 64 || (cpu.efer & EFER_SCE) === 0) throw new Fault(UD);
}

/** SYSENTER_CS if these instructions have been set up. */
function sysenterSelector(cpu: Cpu): number {
  const selector = cpu.sysenterCs & 0xfffc;
  if (!cpu.protectedMode || selector === 0) throw new Fault(GP, 0);
  return selector;
}

export const FAST_CALLS = {
  syscall: (cpu) => {
    requireSyscall(cpu);
    const selector = cpu.words32[STAR_HIGH] & 0xfffc;
    cpu.gpr32.set(cpu.nextRipHalves, 2 * RCX);
    cpu.gpr32[2 * R11] = cpu.rflags & ~RF;
    cpu.gpr32[2 * R11 + 1] = 0;
    cpu.setRflags(cpu.rflags & ~(cpu.fmask | RF));
    // A kernel that masks TF is not single-stepped from the outside.
    cpu.stepping &&= (cpu.rflags & TF) !== 0;
    setFlat(cpu, selector, selector + 8, 0, true);
    cpu.nextRip = cpu.lstar;
  },
  sysret: (cpu, { size }) => {
    requireSyscall(cpu);
    const selector = (cpu.words32[STAR_HIGH] >>> 16) & 0xfffc;
    const is64 = size === 64;
    const target = cpu.readReg(RCX, is64 ? 64 : 32);
    if (!isCanonical(target)) throw new Fault(GP, 0);
    cpu.setRflags(cpu.gpr32[2 * R11] & SYSRET_FLAGS);
    // Unlike IRET and POPF, and as if the program's SYSCALL had just ended: TF is looked at behind it.
    cpu.stepping = (cpu.rflags & TF) !== 0;
    setFlat(cpu, is64 ? selector + 16 : selector, selector + 8, 3, is64);
    cpu.nextRip = target;
  },
  sysenter: (cpu) => {
    const selector = sysenterSelector(cpu);
    const width = cpu.longMode ? 64 : 32;
    cpu.setRflags(cpu.rflags & ~(VM | IF | RF));
    setFlat(cpu, selector, selector + 8, 0, cpu.longMode);
    cpu.gpr[RSP] = BigInt.asUintN(width, cpu.sysenterEsp);
    cpu.nextRip = BigInt.asUintN(width, cpu.sysenterEip);
  },
  sysexit: (cpu, { size }) => {
    const selector = sysenterSelector(cpu);
    const is64 = cpu.longMode && size === 64;
    const target = cpu.readReg(RDX, is64 ? 64 : 32);
    const stack = cpu.readReg(RCX, is64 ? 64 : 32);
    if (is64 && !(isCanonical(target) && isCanonical(stack))) throw new Fault(GP, 0);
    setFlat(cpu, is64 ? selector + 32 : selector + 16, is64 ? selector + 40 : selector + 24, 3, is64);
    cpu.gpr[RSP] = stack;
    cpu.nextRip = target;
  },
} satisfies Semantics;
