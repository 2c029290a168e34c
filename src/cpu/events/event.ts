// What goes before the next instruction at a boundary: a list in the manual's order (SDM vol. 3, 6.9; B2), and the rule by which
// a fault during delivery becomes a double fault or shutdown (table 6-5; B6).

import { CS } from '../../isa/operand.ts';
import type { Cpu } from '../cpu.ts';
import { noteDebugException } from './debug.ts';
import { DB, DE, DF, Fault, GP, NMI, NP, PF, SS_FAULT, TS } from './fault.ts';
import { IF, RF, TF } from '../flags.ts';
import { deliver, type Event } from './interrupt.ts';
import { HALTED, MOV_SS_SHADOW, NO_SHADOW, RUNNING, SHUTDOWN, WAIT_FOR_SIPI } from '../state.ts';

interface Source {
  readonly name: string;
  readonly ready: (cpu: Cpu) => boolean;
  readonly take: (cpu: Cpu) => void;
}

/** Highest first. */
const PENDING: readonly Source[] = [
  {
    name: 'INIT',
    ready: (cpu) => cpu.initPending,
    take: (cpu) => {
      const sipi = cpu.sipiPending;
      cpu.reset(true);
      cpu.sipiPending = sipi;
      cpu.wires.interrupts.init();
      cpu.wires.observe?.({ kind: 'init' });
    },
  },
  {
    name: 'start-up IPI',
    ready: (cpu) => cpu.activity === WAIT_FOR_SIPI && cpu.sipiPending > 0,
    take: (cpu) => {
      cpu.setRealSegment(CS, (cpu.sipiPending - 1) << 8);
      cpu.rip = 0n;
      cpu.sipiPending = 0;
      cpu.activity = RUNNING;
      cpu.wires.observe?.({ kind: 'start-up' });
    },
  },
  {
    name: 'trap on the previous instruction',
    ready: (cpu) => cpu.debugPending !== 0 && cpu.shadow !== MOV_SS_SHADOW && isAwakeable(cpu),
    take: (cpu) => debugException(cpu, 0),
  },
  {
    name: 'NMI',
    ready: (cpu) => cpu.nmiPending > 0 && !cpu.nmiBlocked && cpu.shadow === NO_SHADOW && cpu.activity !== WAIT_FOR_SIPI,
    take: (cpu) => {
      cpu.nmiPending--;
      cpu.nmiBlocked = true;
      interruptAt(cpu, NMI);
    },
  },
  {
    name: 'maskable interrupt',
    ready: (cpu) =>
      (cpu.rflags & IF) !== 0 && cpu.shadow === NO_SHADOW && isAwakeable(cpu) && cpu.wires.interrupts.pendingVector >= 0,
    take: (cpu) => interruptAt(cpu, cpu.wires.interrupts.acknowledge()),
  },
  {
    name: 'instruction breakpoint',
    ready: (cpu) =>
      cpu.breakpoints.onExecution &&
      cpu.activity === RUNNING &&
      (cpu.rflags & RF) === 0 &&
      !cpu.repeating &&
      cpu.shadow !== MOV_SS_SHADOW &&
      cpu.breakpoints.atInstruction(linearRip(cpu)) !== 0,
    take: (cpu) => debugException(cpu, cpu.breakpoints.atInstruction(linearRip(cpu))),
  },
];

const isAwakeable = (cpu: Cpu): boolean => cpu.activity === RUNNING || cpu.activity === HALTED;
const linearRip = (cpu: Cpu): bigint => BigInt.asUintN(cpu.mode === 64 ? 64 : 32, cpu.rip + BigInt(cpu.codeBase));

/**
 * Takes what is due before the next instruction, and says whether that is to be executed now: not when the CPU sleeps, nor when
 * its time is over. `attention` says whether the next boundary needs a look whatever the instruction does.
 */
export function passBoundary(cpu: Cpu): boolean {
  for (let source = highest(cpu); source !== undefined; source = highest(cpu)) {
    cpu.spin?.leave();
    source.take(cpu);
    if (cpu.time >= cpu.stop) return false;
  }
  cpu.inMovSsShadow = cpu.shadow === MOV_SS_SHADOW;
  cpu.debugHeld = cpu.debugPending;
  // Whoever sets IF or lets NMIs through asks for attention.
  cpu.attention = !isCalm(cpu);
  if (cpu.activity !== RUNNING) return false;
  cpu.shadow = NO_SHADOW;
  cpu.stepping = (cpu.rflags & TF) !== 0;
  cpu.rflags &= ~RF;
  return true;
}

/** Whether nothing can come at the boundaries ahead as long as no instruction changes flags, shadows or the interrupt controller. */
export const isCalm = (cpu: Cpu): boolean =>
  cpu.debugPending === 0 &&
  !cpu.initPending &&
  !cpu.inMovSsShadow &&
  !cpu.breakpoints.onExecution &&
  (cpu.nmiPending === 0 || cpu.nmiBlocked) &&
  ((cpu.rflags & IF) === 0 || cpu.wires.interrupts.pendingVector < 0);

/** Whether any of them may be ready, at less cost. */
const isAnythingReady = (cpu: Cpu): boolean =>
  cpu.initPending ||
  cpu.activity === WAIT_FOR_SIPI ||
  cpu.debugPending !== 0 ||
  cpu.nmiPending > 0 ||
  cpu.breakpoints.onExecution ||
  ((cpu.rflags & IF) !== 0 && cpu.wires.interrupts.pendingVector >= 0);

const highest = (cpu: Cpu): Source | undefined => (isAnythingReady(cpu) ? PENDING.find((source) => source.ready(cpu)) : undefined);

/** An interrupt between two instructions. */
function interruptAt(cpu: Cpu, vector: number): void {
  raise(cpu, wake(cpu, vector), false);
}

/**
 * #DB takes a slot, as other exceptions do: a breakpoint on its own handler, or on the stack that its delivery uses, never ends.
 */
function debugException(cpu: Cpu, conditions: number): void {
  noteDebugException(cpu, conditions);
  raiseBehindSlot(cpu, wake(cpu, DB));
}

/** An event between two instructions ends any sleep. */
function wake(cpu: Cpu, vector: number): Event {
  cpu.activity = RUNNING;
  cpu.monitored = -1;
  return { vector, error: undefined, software: false, resume: cpu.repeating, returnTo: cpu.rip };
}

/** The instruction at RIP faulted: the attempt takes a slot, else a handler that faults at once would stop time. */
export function raiseFault(cpu: Cpu, fault: Fault): void {
  raiseBehindSlot(cpu, eventOf(cpu, fault), fault.address);
}

/** An exception that takes a slot but retires nothing. What its delivery does belongs to the turn of that slot. */
function raiseBehindSlot(cpu: Cpu, event: Event, address = 0n): void {
  cpu.time++;
  cpu.extraTicks++;
  cpu.slotIsOver = true;
  raise(cpu, event, true, address);
  cpu.slotIsOver = false;
}

const eventOf = (cpu: Cpu, { vector, error }: Fault): Event => ({
  vector,
  error: cpu.protectedMode ? error : undefined,
  software: false,
  resume: true,
  returnTo: cpu.rip,
});

/** Delivers an event, or what its delivery leads to, and moves RIP there. */
function raise(cpu: Cpu, first: Event, isException: boolean, firstAddress = 0n): void {
  let event = first;
  let exception = isException;
  let address = firstAddress;
  for (;;) {
    if (exception) announce(cpu, event, address);
    try {
      deliver(cpu, event);
      cpu.rip = cpu.nextRip;
      cpu.repeating = false;
      return;
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      if (exception && event.vector === DF) {
        cpu.activity = SHUTDOWN;
        cpu.wires.observe?.({ kind: 'shutdown' });
        return;
      }
      address = fault.address;
      if (fault.vector === PF) cpu.cr2 = address;
      event = eventOf(cpu, exception && makesDouble(event.vector, fault.vector) ? new Fault(DF, 0) : fault);
      exception = true;
    }
  }
}

function announce(cpu: Cpu, { vector, error }: Event, address: bigint): void {
  if (vector === PF) cpu.cr2 = address;
  cpu.wires.observe?.({ kind: 'exception', vector, error, address });
}

const CONTRIBUTORY: readonly number[] = [DE, TS, NP, SS_FAULT, GP];

/** SDM vol. 3, table 6-5. */
const makesDouble = (first: number, second: number): boolean =>
  (CONTRIBUTORY.includes(second) && (CONTRIBUTORY.includes(first) || first === PF)) || (second === PF && first === PF);
