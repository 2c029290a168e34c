// An event → the first instruction of its handler, through the interrupt vector table of real mode or a gate of the IDT (SDM vol.
// 3, chapter 6). Delivery changes either everything or nothing of the CPU; a fault on the way is an event of its own (event.ts).

import { CS, RSP, SS } from '../../isa/operand.ts';
import { isHighCanonical } from '../memory/canonical.ts';
import type { Cpu } from '../cpu.ts';
import { Fault, GP, NP, SS_FAULT, TS } from './fault.ts';
import { AC, IF, NT, RF, TF, VM } from '../flags.ts';
import { DESCRIPTOR_DB, DESCRIPTOR_L, dplOf } from '../identity/registers.ts';
import {
  checkStackSegment, type Descriptor, errorOf, IDTR_BASE, isCode, isConforming, isNull, isPresent, markAccessed,
  readDescriptor, readTable, readTssRsp, readTssStack, setFromDescriptor,
} from '../memory/segment.ts';
import { NO_SHADOW, STATE_OFFSETS } from '../state.ts';

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
  /** Halves of the offset. */
  readonly low: number;
  readonly high: number;
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

/** Words of the state that a transfer changes before all its faults are behind it. */
const CHANGED: readonly number[] = [
  ...[CS, SS].flatMap((segment) => [
    STATE_OFFSETS.segBase / 4 + 2 * segment, STATE_OFFSETS.segBase / 4 + 2 * segment + 1, STATE_OFFSETS.segLimit / 4 + segment,
    STATE_OFFSETS.segSelector / 4 + segment, STATE_OFFSETS.segAttributes / 4 + segment,
  ]),
  STATE_OFFSETS.gpr / 4 + 2 * RSP, STATE_OFFSETS.gpr / 4 + 2 * RSP + 1, STATE_OFFSETS.rflags / 4,
];
/** What they were; no transfer is within another. */
const BEFORE = new Uint32Array(CHANGED.length);

/** Undoes what `change` did to privilege, code and stack if it faults. */
export function atomically(cpu: Cpu, change: () => void): void {
  const { words32, cpl } = cpu;
  for (let index = 0; index < CHANGED.length; index++) BEFORE[index] = words32[CHANGED[index]];
  const [low, high] = cpu.nextRipHalves;
  try {
    change();
  } catch (fault) {
    for (let index = 0; index < CHANGED.length; index++) words32[CHANGED[index]] = BEFORE[index];
    cpu.updateMode();
    cpu.setCpl(cpl);
    cpu.goOnAt(low, high);
    throw fault;
  }
}

function throughVectorTable(cpu: Cpu, { vector, returnTo }: Event): void {
  if (vector * 4 + 3 > cpu.idtrLimit) throw new Fault(GP, 0);
  const entry = readTable(cpu, IDTR_BASE, vector * 4, 32);
  cpu.push(BigInt(cpu.rflags & 0xffff), 16);
  cpu.push(BigInt(cpu.segSelector[CS]), 16);
  cpu.push(returnTo, 16);
  cpu.rflags &= ~(IF | TF | AC | RF);
  cpu.setRealSegment(CS, entry >>> 16);
  cpu.goOnAt(entry & 0xffff, 0);
}

function throughGate(cpu: Cpu, event: Event): void {
  const { frame, gpr32 } = cpu;
  const gate = readGate(cpu, event);
  const code = checkHandler(cpu, gate);
  const cpl = isConforming(code.attributes) ? cpu.cpl : dplOf(code.attributes);
  const cs = cpu.segSelector[CS];
  const [ss, rspLow, rspHigh] = [cpu.segSelector[SS], gpr32[2 * RSP], gpr32[2 * RSP + 1]];
  const switched = switchStack(cpu, gate, cpl, code);

  frame.clear();
  if (switched) {
    frame.add(ss);
    frame.add(rspLow, rspHigh);
  }
  frame.add(event.resume ? cpu.rflags | RF : cpu.rflags);
  frame.add(cs);
  frame.addWhole(event.returnTo);
  if (event.error !== undefined) frame.add(event.error);
  pushFrame(cpu, gate.size, switched);

  cpu.rflags &= ~(TF | NT | RF | VM | (gate.type === INTERRUPT_GATE || gate.type === INTERRUPT_GATE_16 ? IF : 0));
  cpu.goOnAt(gate.low, gate.high);
}

/** The IDT's entry with the checks that have the vector as their error code. */
function readGate(cpu: Cpu, { vector, software }: Event): Gate {
  const error = vector * 8 + ERROR_IDT;
  const { longMode } = cpu;
  const bytes = longMode ? 16 : 8;
  if (vector * bytes + bytes - 1 > cpu.idtrLimit) throw new Fault(GP, error);
  const first = readTable(cpu, IDTR_BASE, vector * bytes, 64);
  const second = cpu.entry[1];
  const high = longMode ? readTable(cpu, IDTR_BASE, vector * bytes + 8, 64) : 0;
  const attributes = (second >>> 8) & 0xff;
  const type = attributes & 0x1f;
  const isWide = type === INTERRUPT_GATE || type === TRAP_GATE;
  const isNarrow = type === INTERRUPT_GATE_16 || type === TRAP_GATE_16;
  // Task gates are not modelled: no system that this machine runs has used them since 64-bit mode took them away.
  if (!isWide && (longMode || !isNarrow)) throw new Fault(GP, error);
  if (software && dplOf(attributes) < cpu.cpl) throw new Fault(GP, error);
  if (!isPresent(attributes)) throw new Fault(NP, error);
  return {
    selector: first >>> 16,
    low: (isWide ? (first & 0xffff) | (second & 0xffff_0000) : first & 0xffff) >>> 0,
    high,
    attributes,
    type,
    ist: longMode ? second & 7 : 0,
    size: longMode ? 64 : isWide ? 32 : 16,
  };
}

/** The handler's code segment. */
function checkHandler(cpu: Cpu, { selector, low, high }: Gate): Descriptor {
  if (isNull(selector)) throw new Fault(GP, 0);
  const code = readDescriptor(cpu, selector, GP);
  const { attributes } = code;
  const is64 = (attributes & (DESCRIPTOR_L | DESCRIPTOR_DB)) === DESCRIPTOR_L;
  if (!isCode(attributes) || dplOf(attributes) > cpu.cpl || (cpu.longMode && !is64)) throw new Fault(GP, errorOf(selector));
  if (!isPresent(attributes)) throw new Fault(NP, errorOf(selector));
  if (cpu.longMode ? !isHighCanonical(high) : low > code.limit) throw new Fault(GP, 0);
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
    const { gpr32 } = cpu;
    const isOther = ist !== 0 || inward;
    if (isOther) readTssRsp(cpu, cpl, ist);
    const low = isOther ? cpu.entry[0] : gpr32[2 * RSP];
    const high = isOther ? cpu.entry[1] : gpr32[2 * RSP + 1];
    if (!isHighCanonical(high)) throw new Fault(SS_FAULT, 0);
    setFromDescriptor(cpu, CS, selector, code);
    if (inward) cpu.setSegment(SS, cpl, 0n, 0, cpl << 5);
    cpu.setCpl(cpl);
    gpr32[2 * RSP] = low & ~15;
    gpr32[2 * RSP + 1] = high;
    return true;
  }
  if (inward) {
    const stack = readTssStack(cpu, cpl);
    const descriptor = checkStackSegment(cpu, stack.selector, cpl, TS);
    setFromDescriptor(cpu, CS, selector, code);
    if (descriptor !== undefined) setFromDescriptor(cpu, SS, stack.selector, descriptor);
    cpu.setCpl(cpl);
    cpu.writeReg(RSP, cpu.stackSize, BigInt(stack.pointer));
    return true;
  }
  setFromDescriptor(cpu, CS, selector, code);
  return false;
}

/** A stack that has no room is #SS(0), or #SS(new SS) when it was switched to. */
function pushFrame(cpu: Cpu, size: number, switched: boolean): void {
  try {
    cpu.frame.push(cpu, size);
  } catch (fault) {
    if (!(fault instanceof Fault) || fault.vector !== SS_FAULT || !switched || cpu.longMode) throw fault;
    throw new Fault(SS_FAULT, errorOf(cpu.segSelector[SS]));
  }
}

