// The CPU runs: boundary, fetch, execute, commit. The only place where a Fault is caught, and where time passes. The loop
// allocates nothing and tests one flag for all that might come between two instructions.

import type { Cpu } from './cpu.ts';
import { DEBUGCTL_BTF, DR6_BD, DR6_BS, noteDebugException } from './events/debug.ts';
import { isCalm, passBoundary, raiseFault } from './events/event.ts';
import { DB, Fault } from './events/fault.ts';
import { fetch } from './code/fetch.ts';
import { RF, TF } from './flags.ts';
import { HOPELESS, slotAt } from './code/icache.ts';
import { MOV_SS_SHADOW, RUNNING, STATE_OFFSETS } from './state.ts';

const TIME = STATE_OFFSETS.time / 8;
const RIP_LOW = STATE_OFFSETS.rip / 4;
const RIP_HIGH = RIP_LOW + 1;
const RFLAGS = STATE_OFFSETS.rflags / 4;
const REPEATING = STATE_OFFSETS.repeating / 4;

/**
 * Runs until the CPU's time is at least `end` (an instruction of several ticks may go beyond), or endRun() says so earlier.
 * Alarms of the CPU's own clock fire at the first boundary at or after their time (X1), those at the last boundary included.
 */
export function runUntil(cpu: Cpu, end: number): void {
  const { clock } = cpu.wires;
  cpu.limit = end;
  for (;;) {
    if (clock.nextDue <= cpu.time) clock.runUntil(cpu.time);
    if (cpu.time >= cpu.limit) return;
    cpu.stop = Math.min(cpu.limit, clock.nextDue);
    if (cpu.activity === RUNNING || cpu.attention) executeSafely(cpu);
    if (cpu.activity !== RUNNING) sleepUntil(cpu, Math.min(cpu.limit, clock.nextDue));
  }
}

/** What an asleep CPU does with its time (H3). */
function sleepUntil(cpu: Cpu, time: number): void {
  const ticks = time - cpu.time;
  if (ticks <= 0) return;
  cpu.time = time;
  cpu.haltedTicks += ticks;
}

function executeSafely(cpu: Cpu): void {
  try {
    execute(cpu);
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    takeFault(cpu, fault);
  }
}

/** The instruction at RIP has faulted. */
export function takeFault(cpu: Cpu, fault: Fault): void {
  cpu.ticks = 1;
  cpu.stepping = false;
  // What the instruction itself has met is forgotten; what MOV SS held back comes before the handler's first instruction (SDM vol. 3, 6.8.3).
  cpu.debugPending = cpu.debugHeld;
  // General detect is the one debug exception that an instruction faults with.
  if (fault.vector === DB) noteDebugException(cpu, DR6_BD);
  if (cpu.debugPending !== 0) cpu.attention = true;
  cpu.spin?.leave();
  raiseFault(cpu, fault);
}

/** Instructions until `stop` or sleep. */
function execute(cpu: Cpu): void {
  const { words32, floats, nextRipHalves: next } = cpu;
  // Who looks at every instruction wants to see every instruction.
  const spin = cpu.onExecuted === undefined ? cpu.spin : undefined;
  const isWatching = spin !== undefined && spin.watching;
  const onExecuted = isWatching ? spin.onExecuted : cpu.onExecuted;
  const translator = onExecuted === undefined ? cpu.translator : undefined;
  // How many instructions from here on may be where translated code begins: targets of branches, two after it has ended,
  // and one after what cannot be translated.
  let looks = 1;
  while (floats[TIME] < cpu.stop) {
    if (cpu.attention || (words32[RFLAGS] & (TF | RF)) !== 0) {
      if (!passBoundary(cpu)) return;
    }
    const low = words32[RIP_LOW];
    const high = words32[RIP_HIGH];
    const linear = (low + cpu.codeBase) >>> 0;
    let decoded = high * 0x10_0000 + (linear >>> 12) === cpu.codePage ? slotAt(cpu.codeSlots, linear & 0xfff) : undefined;
    if (decoded === undefined || low + decoded.length - 1 > cpu.codeLimit) decoded = fetch(cpu);
    if (looks > 0) {
      looks--;
      if (translator !== undefined && (!cpu.attention || isCalm(cpu)) && !cpu.stepping) {
        const time = floats[TIME];
        const room = Math.min(cpu.stop - time, spin === undefined ? Infinity : spin.ticksToLook);
        if (translator.run(cpu, decoded, room)) {
          looks = 2;
          if (spin?.wantsToWatch(floats[TIME] - time)) return;
          continue;
        }
        if (decoded.heat === HOPELESS) looks++;
      }
    }
    const end = low + decoded.length;
    next[0] = end;
    next[1] = end > 0xffff_ffff && cpu.mode === 64 ? high + 1 : high;
    words32[REPEATING] = 0;
    decoded.execute(cpu, decoded.insn);
    if (onExecuted !== undefined) onExecuted(cpu, decoded.insn);
    words32[RIP_LOW] = next[0];
    words32[RIP_HIGH] = next[1];
    floats[TIME]++;
    if (cpu.ticks !== 1 || cpu.stepping || words32[REPEATING] !== 0) settle(cpu, end === next[0]);
    // Whoever sleeps first looks at the boundary for what would wake it.
    if (isWatching && !spin.watching && cpu.activity === RUNNING) return;
    if (end === next[0]) continue;
    if (looks === 0) looks = 1;
    if (end > next[0] && !isWatching && spin?.wantsToWatch(0)) return;
  }
}

/** After an instruction that took several ticks, goes on at the same RIP, or was single-stepped; `isStraight`: it did not branch. */
function settle(cpu: Cpu, isStraight: boolean): void {
  const extra = cpu.ticks - 1;
  cpu.time += extra;
  cpu.extraTicks += extra + (cpu.repeating ? 1 : 0);
  cpu.ticks = 1;
  if (cpu.stepping) {
    cpu.stepping = false;
    // MOV SS and POP SS suppress their trap (SDM vol. 3, 6.8.3).
    if (cpu.shadow === MOV_SS_SHADOW || ((cpu.debugCtl & DEBUGCTL_BTF) !== 0 && (isStraight || cpu.repeating))) return;
    cpu.debugPending |= DR6_BS;
    cpu.attention = true;
  }
}
