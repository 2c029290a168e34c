// The local APIC's timer: counts, modes and deadlines → one alarm on the CPU's own timeline. Its input clock is the TSC's, so N
// counts armed in slot t end at tick t + N * divide. All that is kept is the tick at which the count reaches 0: the current count
// follows from it, and no alarm is set while the LVT masks the timer, which counts on all the same (SDM vol. 3, 10.5.4).

import type { Timeline } from '../time/timeline.ts';
import { Alarm } from '../time/timeline.ts';
import { MASKED } from './lapic-registers.ts';

export interface LapicTimerWires {
  readonly now: () => number;
  readonly tsc: () => bigint;
  readonly timeline: Timeline;
  /** The count has reached 0, or the TSC its deadline, and the LVT is not masked. */
  readonly expire: () => void;
}

/** LVT bits 18:17. */
const MODES = ['one-shot', 'periodic', 'tsc-deadline', 'reserved'] as const;
const modeOf = (lvt: number): (typeof MODES)[number] => MODES[(lvt >>> 17) & 3];

/** Divide configuration bits 3, 1 and 0: 2, 4, .. 128, and 1 for 111b. */
const divideOf = (configuration: number): number => {
  const code = ((configuration & 8) >> 1) | (configuration & 3);
  return code === 7 ? 1 : 2 << code;
};

export class LapicTimer {
  readonly #wires: LapicTimerWires;
  readonly #alarm: Alarm;
  #lvt = MASKED;
  #initialCount = 0;
  #divideConfiguration = 0;
  /** The tick at which the count reaches 0; Infinity while it does not count. */
  #zeroAt = Infinity;
  /** IA32_TSC_DEADLINE; 0 while it is not armed. */
  #deadline = 0n;

  constructor(wires: LapicTimerWires) {
    this.#wires = wires;
    this.#alarm = new Alarm('APIC timer', (due) => this.#fire(due));
  }

  /** The LVT entry was written: modes keep the count going, but TSC-deadline mode and the others disarm each other. */
  setLvt(lvt: number): void {
    this.#settle();
    const wasDeadline = modeOf(this.#lvt) === 'tsc-deadline';
    this.#lvt = lvt;
    if (wasDeadline !== (modeOf(lvt) === 'tsc-deadline')) {
      this.#zeroAt = Infinity;
      this.#deadline = 0n;
    }
    this.#arm();
  }

  get initialCount(): number {
    return this.#initialCount;
  }

  /** Starts the count anew; 0 stops it. Ignored in TSC-deadline mode. */
  set initialCount(count: number) {
    if (modeOf(this.#lvt) === 'tsc-deadline') return;
    this.#initialCount = count;
    this.#zeroAt = count === 0 ? Infinity : this.#wires.now() + count * this.#divide;
    this.#arm();
  }

  get currentCount(): number {
    this.#settle();
    return this.#zeroAt === Infinity ? 0 : Math.ceil((this.#zeroAt - this.#wires.now()) / this.#divide);
  }

  get divideConfiguration(): number {
    return this.#divideConfiguration;
  }

  /** The count goes on from where it is at the new rate. */
  set divideConfiguration(configuration: number) {
    const count = this.currentCount;
    this.#divideConfiguration = configuration;
    if (this.#zeroAt !== Infinity) this.#zeroAt = this.#wires.now() + count * this.#divide;
    this.#arm();
  }

  get deadline(): bigint {
    this.#settle();
    return this.#deadline;
  }

  /** Ignored outside TSC-deadline mode; 0 disarms. */
  set deadline(deadline: bigint) {
    if (modeOf(this.#lvt) !== 'tsc-deadline') return;
    this.#deadline = deadline;
    this.#arm();
  }

  /** The TSC was written: a deadline is a value of the TSC, so its alarm moves. */
  tscChanged(): void {
    this.#arm();
  }

  reset(): void {
    this.load({ lvt: MASKED, initialCount: 0, divideConfiguration: 0, zeroAt: null, deadline: '0' });
  }

  save() {
    this.#settle();
    return {
      lvt: this.#lvt,
      initialCount: this.#initialCount,
      divideConfiguration: this.#divideConfiguration,
      zeroAt: this.#zeroAt === Infinity ? null : this.#zeroAt,
      deadline: this.#deadline.toString(16),
    };
  }

  load(state: ReturnType<LapicTimer['save']>): void {
    this.#lvt = state.lvt;
    this.#initialCount = state.initialCount;
    this.#divideConfiguration = state.divideConfiguration;
    this.#zeroAt = state.zeroAt ?? Infinity;
    this.#deadline = BigInt(`0x${state.deadline}`);
    this.#arm();
  }

  get #divide(): number {
    return divideOf(this.#divideConfiguration);
  }

  get #period(): number {
    return this.#initialCount * this.#divide;
  }

  /** Brings up to date what has passed unnoticed behind the mask. */
  #settle(): void {
    const now = this.#wires.now();
    if (this.#deadline !== 0n && this.#wires.tsc() >= this.#deadline && this.#alarm.due === Infinity) this.#deadline = 0n;
    if (this.#zeroAt > now || this.#alarm.due !== Infinity) return;
    if (modeOf(this.#lvt) !== 'periodic' || this.#period === 0) this.#zeroAt = Infinity;
    else this.#zeroAt += (Math.floor((now - this.#zeroAt) / this.#period) + 1) * this.#period;
  }

  #arm(): void {
    const due = this.#lvt & MASKED ? Infinity : Math.min(this.#zeroAt, this.#deadlineTick());
    if (due === Infinity) this.#wires.timeline.cancel(this.#alarm);
    else this.#wires.timeline.set(this.#alarm, due);
  }

  /** The tick at which the TSC reaches the deadline; Infinity if it is not armed, or out of the reach of exact ticks. */
  #deadlineTick(): number {
    if (this.#deadline === 0n) return Infinity;
    const tick = this.#wires.now() + Math.max(0, Number(this.#deadline - this.#wires.tsc()));
    return tick > Number.MAX_SAFE_INTEGER ? Infinity : tick;
  }

  #fire(due: number): void {
    if (this.#deadline !== 0n) {
      if (this.#wires.tsc() < this.#deadline) return this.#arm();
      this.#deadline = 0n;
    } else {
      this.#zeroAt = modeOf(this.#lvt) === 'periodic' && this.#period > 0 ? due + this.#period : Infinity;
      this.#arm();
    }
    this.#wires.expire();
  }
}
