// An event → the first instruction of its handler, through the interrupt vector table of real mode or a gate of the IDT (SDM vol.
// 3, chapter 6). Delivery changes either everything or nothing of the CPU; a fault on the way is an event of its own (event.ts).

import { CS, RSP, SS } from '../isa/insn.ts';
import type { Cpu } from './cpu.ts';
import { Fault, GP, NP, SS_FAULT, TS } from './fault.ts';
import { AC, IF, NT, RF, TF, VM } from './flags.ts';
import { DESCRIPTOR_DB, DESCRIPTOR_L, dplOf } from './registers.ts';
import {
  checkStackSegment, type Descriptor, errorOf, isCanonical, isCode, isConforming, isNull, isPresent, markAccessed, readDescriptor,
  readTssRsp, readTssStack, setFromDescriptor,
} from './segment.ts';
import { NO_SHADOW } from './state.ts';

/**
 * Something to be delivered. `software` is INT n, INT3 and INTO, which need the gate's consent (B9) and are the program's own
 * doing; `resume` sets RF in the saved flags (B7), which are otherwise as they are: an IRET may have set RF (SDM vol. 3,
 * 17.3.1.1); `returnTo` is the saved RIP.
 */
export interface Event {
  readonly vector: number;
  readonly error: number | undefined;
  readonly software: boolean;
  readonly resume: boolean;
  readonly returnTo: bigint;
}

/** Bits of an error code that names a selector or a vector (SDM vol. 3, 6.13). */
const ERROR_EXT = 1;
const ERROR_IDT = 2;
const WITH_SELECTOR: readonly number[] = [TS, NP, SS_FAULT, GP];

/** Gate types (SDM vol. 3, table 3-2). */
const INTERRUPT_GATE_16 = 6;
const TRAP_GATE_16 = 7;
const INTERRUPT_GATE = 14;
const TRAP_GATE = 15;

interface Gate {
  readonly selector: number;
  readonly offset: bigint;
  readonly attributes: number;
  readonly type: number;
  readonly ist: number;
  /** Width of what is pushed. */
  readonly size: 16 | 32 | 64;
}

/** Sets nextRip to the handler, with the frame pushed; throws the Fault that prevented it, with EXT set where it belongs. */
export function deliver(cpu: Cpu, event: Event): void {
  try {
    atomically(cpu, () => (cpu.protectedMode ? throughGate(cpu, event) : throughVectorTable(cpu, event)));
  } catch (fault) {
    if (!(fault instanceof Fault) || event.software || !WITH_SELECTOR.includes(fault.vector)) throw fault;
    throw new Fault(fault.vector, (fault.error ?? 0) | ERROR_EXT);
  }
  cpu.shadow = NO_SHADOW;
  cpu.stepping = false;
}

/** Undoes what `change` did to privilege, code and stack if it faults. */
export function atomically(cpu: Cpu, change: () => void): void {
  const before = [CS, SS].map(
    (segment) =>
      [segment, cpu.segSelector[segment], cpu.segBase[segment], cpu.segLimit[segment], cpu.segAttributes[segment]] as const,
  );
  const { cpl, rflags, nextRip } = cpu;
  const rsp = cpu.gpr[RSP];
  try {
    change();
  } catch (fault) {
    for (const segment of before) cpu.setSegment(...segment);
    cpu.setCpl(cpl);
    cpu.rflags = rflags;
    cpu.nextRip = nextRip;
    cpu.gpr[RSP] = rsp;
    throw fault;
  }
}

function throughVectorTable(cpu: Cpu, { vector, returnTo }: Event): void {
  if (vector * 4 + 3 > cpu.idtrLimit) throw new Fault(GP, 0);
  const entry = cpu.readLinear(cpu.idtrBase + BigInt(vector * 4), 32);
  cpu.push(BigInt(cpu.rflags & 0xffff), 16);
  cpu.push(BigInt(cpu.segSelector[CS]), 16);
  cpu.push(returnTo, 16);
  cpu.rflags &= ~(IF | TF | AC | RF);
  cpu.setRealSegment(CS, Number(entry >> 16n));
  cpu.nextRip = entry & 0xffffn;
}

function throughGate(cpu: Cpu, event: Event): void {
  const gate = readGate(cpu, event);
  const code = checkHandler(cpu, gate);
  const cpl = isConforming(code.attributes) ? cpu.cpl : dplOf(code.attributes);
  const flags = BigInt((event.resume ? cpu.rflags | RF : cpu.rflags) >>> 0);
  const [oldCs, oldSs, oldRsp] = [cpu.segSelector[CS], cpu.segSelector[SS], cpu.gpr[RSP]];
  const switched = switchStack(cpu, gate, cpl, code);

  const frame = [flags, BigInt(oldCs), event.returnTo];
  if (switched) frame.unshift(BigInt(oldSs), oldRsp);
  if (event.error !== undefined) frame.push(BigInt(event.error));
  pushFrame(cpu, frame, gate.size, switched);

  cpu.rflags &= ~(TF | NT | RF | VM | (gate.type === INTERRUPT_GATE || gate.type === INTERRUPT_GATE_16 ? IF : 0));
  cpu.nextRip = gate.offset;
}

/** The IDT's entry with the checks that have the vector as their error code. */
function readGate(cpu: Cpu, { vector, software }: Event): Gate {
  const error = vector * 8 + ERROR_IDT;
  const bytes = cpu.longMode ? 16 : 8;
  if (vector * bytes + bytes - 1 > cpu.idtrLimit) throw new Fault(GP, error);
  const address = cpu.idtrBase + BigInt(vector * bytes);
  const words = cpu.readLinear(address, 64);
  const high = cpu.longMode ? cpu.readLinear(address + 8n, 64) & 0xffff_ffffn : 0n;
  const attributes = Number((words >> 40n) & 0xffn);
  const type = attributes & 0x1f;
  const isWide = type === INTERRUPT_GATE || type === TRAP_GATE;
  const isNarrow = type === INTERRUPT_GATE_16 || type === TRAP_GATE_16;
  // Task gates are not modelled: no system that this machine runs has used them since 64-bit mode took them away.
  if (!isWide && (cpu.longMode || !isNarrow)) throw new Fault(GP, error);
  if (software && dplOf(attributes) < cpu.cpl) throw new Fault(GP, error);
  if (!isPresent(attributes)) throw new Fault(NP, error);
  const offset = (words & 0xffffn) | ((words >> 32n) & 0xffff_0000n);
  return {
    selector: Number((words >> 16n) & 0xffffn),
    offset: cpu.longMode ? (high << 32n) | offset : isWide ? offset : offset & 0xffffn,
    attributes,
    type,
    ist: cpu.longMode ? Number((words >> 32n) & 7n) : 0,
    size: cpu.longMode ? 64 : isWide ? 32 : 16,
  };
}

/** The handler's code segment. */
function checkHandler(cpu: Cpu, { selector, offset }: Gate): Descriptor {
  if (isNull(selector)) throw new Fault(GP, 0);
  const code = readDescriptor(cpu, selector, GP);
  const { attributes } = code;
  const is64 = (attributes & (DESCRIPTOR_L | DESCRIPTOR_DB)) === DESCRIPTOR_L;
  if (!isCode(attributes) || dplOf(attributes) > cpu.cpl || (cpu.longMode && !is64)) throw new Fault(GP, errorOf(selector));
  if (!isPresent(attributes)) throw new Fault(NP, errorOf(selector));
  if (cpu.longMode ? !isCanonical(offset) : offset > BigInt(code.limit)) throw new Fault(GP, 0);
  markAccessed(cpu, code);
  return code;
}

/**
 * Enters the handler's code segment and, if privilege changes or the gate asks for it, its stack; says whether SS:RSP are saved.
 */
function switchStack(cpu: Cpu, { ist }: Gate, cpl: number, code: Descriptor): boolean {
  const inward = cpl < cpu.cpl;
  const selector = (code.selector & ~3) | cpl;
  if (cpu.longMode) {
    const rsp = ist !== 0 || inward ? readTssRsp(cpu, cpl, ist) : cpu.gpr[RSP];
    if (!isCanonical(rsp)) throw new Fault(SS_FAULT, 0);
    setFromDescriptor(cpu, CS, selector, code);
    if (inward) cpu.setSegment(SS, cpl, 0n, 0, cpl << 5);
    cpu.setCpl(cpl);
    cpu.gpr[RSP] = rsp & ~15n;
    return true;
  }
  if (inward) {
    const stack = readTssStack(cpu, cpl);
    const descriptor = checkStackSegment(cpu, stack.selector, cpl, TS);
    setFromDescriptor(cpu, CS, selector, code);
    if (descriptor !== undefined) setFromDescriptor(cpu, SS, stack.selector, descriptor);
    cpu.setCpl(cpl);
    cpu.writeReg(RSP, cpu.stackSize, stack.pointer);
    return true;
  }
  setFromDescriptor(cpu, CS, selector, code);
  return false;
}

/** A stack that has no room is #SS(0), or #SS(new SS) when it was switched to. */
function pushFrame(cpu: Cpu, frame: readonly bigint[], size: number, switched: boolean): void {
  try {
    for (const value of frame) cpu.push(value, size);
  } catch (fault) {
    if (!(fault instanceof Fault) || fault.vector !== SS_FAULT || !switched || cpu.longMode) throw fault;
    throw new Fault(SS_FAULT, errorOf(cpu.segSelector[SS]));
  }
}

