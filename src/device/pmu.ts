// The performance monitor of one CPU, architectural version 2: four general and three fixed counters of 48 bits (SDM vol. 3, 20.2).
// No instruction pays for counting: a counter is its value at some point and the CPU's own count at that point, and one alarm is set
// for the earliest tick at which any of them can overflow. Clocks that were halted only make that alarm come too early, never late.

import type { Timeline } from '../time/timeline.ts';
import { Alarm } from '../time/timeline.ts';
import {
  EVENT_SELECT_WRITABLE,
  FIXED_CONTROL_WRITABLE,
  FIXED_SOURCES,
  fixedSelectionOf,
  type Selection,
  type Source,
  selectionOf,
} from './pmu-events.ts';
import { loadAlarm, saveAlarm } from './saved-alarm.ts';

export interface PmuWires {
  /** The CPU's own time, in ticks. */
  readonly now: () => number;
  /** Unhalted ticks so far, without that of the instruction in execution. */
  readonly cycles: () => number;
  /** Instructions retired so far, without the one in execution. */
  readonly retired: () => number;
  /** The CPU's own timeline. */
  readonly timeline: Timeline;
  /** Requests an interrupt through LVT_PERFMON. */
  readonly performanceInterrupt: () => void;
  /** Ticks from an overflow to its interrupt; 0 unless given. */
  readonly skid?: number;
}

const IA32_PMC0 = 0xc1;
const IA32_PERFEVTSEL0 = 0x186;
const IA32_FIXED_CTR0 = 0x309;
const IA32_FIXED_CTR_CTRL = 0x38d;
const IA32_PERF_GLOBAL_STATUS = 0x38e;
const IA32_PERF_GLOBAL_CTRL = 0x38f;
const IA32_PERF_GLOBAL_OVF_CTRL = 0x390;

const GENERAL = 4;
const FIXED = FIXED_SOURCES.length;
const RDPMC_FIXED = 0x4000_0000;

const numbered = (first: number, count: number, name: string) =>
  Array.from({ length: count }, (_, n) => ({ index: first + n, name: `${name}${n}`, access: 'rw' as const }));

/** What there is, for documentation. */
export const PMU_MSRS: readonly { readonly index: number; readonly name: string; readonly access: 'r' | 'rw' }[] = [
  ...numbered(IA32_PMC0, GENERAL, 'IA32_PMC'),
  ...numbered(IA32_PERFEVTSEL0, GENERAL, 'IA32_PERFEVTSEL'),
  ...numbered(IA32_FIXED_CTR0, FIXED, 'IA32_FIXED_CTR'),
  { index: IA32_FIXED_CTR_CTRL, name: 'IA32_FIXED_CTR_CTRL', access: 'rw' },
  { index: IA32_PERF_GLOBAL_STATUS, name: 'IA32_PERF_GLOBAL_STATUS', access: 'r' },
  { index: IA32_PERF_GLOBAL_CTRL, name: 'IA32_PERF_GLOBAL_CTRL', access: 'rw' },
  { index: IA32_PERF_GLOBAL_OVF_CTRL, name: 'IA32_PERF_GLOBAL_OVF_CTRL', access: 'rw' },
];

/** One more than a counter's greatest value. */
const RANGE = 2 ** 48;
/** Bits of the counters in the global registers. */
const ALL_COUNTERS = 0x7_0000_000fn;
/** OvfBuf and CondChgd, which nothing sets here but which may be cleared. */
const OVF_CTRL_WRITABLE = ALL_COUNTERS | (3n << 62n);
/** Reset value of IA32_PERF_GLOBAL_CTRL: all general counters (SDM vol. 3, table 10-1). */
const GLOBAL_CTRL_RESET = 0xfn;

interface Counter {
  /** Its bit in the global registers. */
  readonly bit: bigint;
  value: number;
  /** The source's count when the counter had this value. */
  base: number;
  selection: Selection;
  /** What advances it now: its selection's source if it is enabled and counts at this privilege level. */
  source: Source;
}

export class Pmu {
  readonly #wires: PmuWires;
  readonly #alarm = new Alarm('counter overflow', () => this.#change(0, () => {}));
  readonly #late = new Alarm('performance interrupt', () => this.#wires.performanceInterrupt());
  /** The general counters and then the fixed ones. */
  readonly #counters: readonly Counter[];
  readonly #eventSelects = new Uint32Array(GENERAL);
  #fixedControl = 0;
  #globalControl = GLOBAL_CTRL_RESET;
  #globalStatus = 0n;
  /** Whether the CPU runs at CPL 1..3. */
  #user = false;
  /** Whether some counter counts at one privilege level and not at another. */
  ringsMatter = false;

  constructor(wires: PmuWires) {
    this.#wires = wires;
    this.#counters = Array.from({ length: GENERAL + FIXED }, (_, index) => ({
      bit: 1n << BigInt(index < GENERAL ? index : 32 + index - GENERAL),
      value: 0,
      base: 0,
      selection: selectionOf(0),
      source: 'nothing',
    }));
  }

  /** RDPMC; `undefined` (#GP) for a counter that does not exist. */
  readCounter(index: number): bigint | undefined {
    const fixed = index >= RDPMC_FIXED;
    const within = fixed ? index - RDPMC_FIXED : index;
    if (within >= (fixed ? FIXED : GENERAL)) return undefined;
    return BigInt(this.#valueOf(this.#counters[fixed ? GENERAL + within : within]));
  }

  /** What was counted so far belongs to the old privilege level; an instruction that changes the level belongs to the new one. */
  privilegeChanging(to: number): void {
    const user = to !== 0;
    if (user === this.#user) return;
    if (!this.ringsMatter) this.#user = user;
    else this.#change(0, () => (this.#user = user));
  }

  /** `undefined` where RDMSR is #GP(0), also for MSRs that are not the PMU's. */
  readMsr(index: number): bigint | undefined {
    const counter = this.#counterAt(index);
    if (counter) return BigInt(this.#valueOf(counter));
    const select = index - IA32_PERFEVTSEL0;
    if (select >= 0 && select < GENERAL) return BigInt(this.#eventSelects[select]);
    switch (index) {
      case IA32_FIXED_CTR_CTRL:
        return BigInt(this.#fixedControl);
      case IA32_PERF_GLOBAL_STATUS:
        return this.#globalStatus;
      case IA32_PERF_GLOBAL_CTRL:
        return this.#globalControl;
      case IA32_PERF_GLOBAL_OVF_CTRL:
        return 0n;
      default:
        return undefined;
    }
  }

  /** False where WRMSR is #GP(0). What it writes takes effect after the WRMSR itself. */
  writeMsr(index: number, value: bigint): boolean {
    const counter = this.#counterAt(index);
    if (counter) return this.#writeCounter(counter, index < IA32_FIXED_CTR0, value);
    const select = index - IA32_PERFEVTSEL0;
    if (select >= 0 && select < GENERAL) {
      return this.#writeChecked(value, EVENT_SELECT_WRITABLE, () => (this.#eventSelects[select] = Number(value)));
    }
    switch (index) {
      case IA32_FIXED_CTR_CTRL:
        return this.#writeChecked(value, FIXED_CONTROL_WRITABLE, () => (this.#fixedControl = Number(value)));
      case IA32_PERF_GLOBAL_CTRL:
        return this.#writeChecked(value, ALL_COUNTERS, () => (this.#globalControl = value));
      case IA32_PERF_GLOBAL_OVF_CTRL:
        if (value & ~OVF_CTRL_WRITABLE) return false;
        this.#globalStatus &= ~value;
        return true;
      default:
        return false;
    }
  }

  /** After a reset; an INIT leaves the counters alone. */
  reset(): void {
    this.load({
      values: this.#counters.map(() => 0),
      eventSelects: [0, 0, 0, 0],
      fixedControl: 0,
      globalControl: GLOBAL_CTRL_RESET.toString(16),
      globalStatus: '0',
      user: false,
      overflow: null,
      lateInterrupt: null,
    });
  }

  save() {
    return {
      values: this.#counters.map((counter) => this.#valueOf(counter)),
      eventSelects: [...this.#eventSelects],
      fixedControl: this.#fixedControl,
      globalControl: this.#globalControl.toString(16),
      globalStatus: this.#globalStatus.toString(16),
      user: this.#user,
      overflow: saveAlarm(this.#alarm),
      lateInterrupt: saveAlarm(this.#late),
    };
  }

  load(state: ReturnType<Pmu['save']>): void {
    for (const [index, counter] of this.#counters.entries()) counter.value = state.values[index];
    this.#eventSelects.set(state.eventSelects);
    this.#fixedControl = state.fixedControl;
    this.#globalControl = BigInt(`0x${state.globalControl}`);
    this.#globalStatus = BigInt(`0x${state.globalStatus}`);
    this.#user = state.user;
    loadAlarm(this.#wires.timeline, this.#late, state.lateInterrupt);
    this.#select(0);
    // It may have been set for too early a tick, and is then taken as a sign of life.
    loadAlarm(this.#wires.timeline, this.#alarm, state.overflow);
  }

  #counterAt(index: number): Counter | undefined {
    if (index >= IA32_PMC0 && index < IA32_PMC0 + GENERAL) return this.#counters[index - IA32_PMC0];
    if (index >= IA32_FIXED_CTR0 && index < IA32_FIXED_CTR0 + FIXED) return this.#counters[GENERAL + index - IA32_FIXED_CTR0];
    return undefined;
  }

  /** General counters take 32 bits, sign-extended; fixed ones all 48, with the bits above reserved. */
  #writeCounter(counter: Counter, general: boolean, value: bigint): boolean {
    const written = general ? BigInt.asUintN(48, BigInt.asIntN(32, value)) : value;
    return this.#writeChecked(written, BigInt(RANGE - 1), () => (counter.value = Number(written)));
  }

  #writeChecked(value: bigint, writable: bigint, write: () => void): boolean {
    if (value & ~writable) return false;
    this.#change(1, write);
    return true;
  }

  /** Settles what was counted up to `ahead` instructions from now, applies `change`, and counts on from there. */
  #change(ahead: number, change: () => void): void {
    this.#settle(ahead);
    change();
    this.#select(ahead);
  }

  #settle(ahead: number): void {
    let interrupt = false;
    for (const counter of this.#counters) {
      const position = this.#position(counter.source, ahead);
      counter.value += position - counter.base;
      counter.base = position;
      if (counter.value < RANGE) continue;
      counter.value -= RANGE;
      this.#globalStatus |= counter.bit;
      interrupt ||= counter.selection.interrupt;
    }
    if (!interrupt) return;
    if (this.#wires.skid) this.#wires.timeline.set(this.#late, this.#wires.now() + ahead + this.#wires.skid);
    else this.#wires.performanceInterrupt();
  }

  #select(ahead: number): void {
    for (const [index, counter] of this.#counters.entries()) {
      counter.selection =
        index < GENERAL ? selectionOf(this.#eventSelects[index]) : fixedSelectionOf(index - GENERAL, this.#fixedControl);
      const { source, os, user } = counter.selection;
      const active = (this.#user ? user : os) && (this.#globalControl & counter.bit) !== 0n;
      counter.source = active ? source : 'nothing';
      counter.base = this.#position(counter.source, ahead);
    }
    this.ringsMatter = this.#counters.some(({ selection }) => selection.os !== selection.user);
    this.#arm(ahead);
  }

  /** No source advances by more than one a tick. */
  #arm(ahead: number): void {
    let least = Infinity;
    for (const { source, value, base } of this.#counters) {
      if (source !== 'nothing') least = Math.min(least, RANGE - value - (this.#position(source, ahead) - base));
    }
    if (least === Infinity) this.#wires.timeline.cancel(this.#alarm);
    else this.#wires.timeline.set(this.#alarm, this.#wires.now() + ahead + least);
  }

  #valueOf({ source, value, base }: Counter): number {
    return (value + this.#position(source, 0) - base) % RANGE;
  }

  /** The source's count when `ahead` more instructions of one tick have retired. */
  #position(source: Source, ahead: number): number {
    switch (source) {
      case 'cycles':
        return this.#wires.cycles() + ahead;
      case 'retired':
        return this.#wires.retired() + ahead;
      case 'stalled':
        return this.#wires.cycles() - this.#wires.retired();
      case 'nothing':
        return 0;
    }
  }
}

/** The counters of a CPU that has none (CPUID leaf 0AH is all zero): RDPMC and the MSRs are #GP(0). */
export const NO_PMU = {
  readCounter: (): bigint | undefined => undefined,
  privilegeChanging: (): void => {},
  readMsr: (): bigint | undefined => undefined,
  writeMsr: (): boolean => false,
} as const;
