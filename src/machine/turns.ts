// The rule by which CPUs take turns (house rules 4 to 6). A turn ends when its length is over or at the next device alarm; CPUs run in
// id order; what one does to another is seen when the other's turn comes. The limit of a run never cuts a turn short, so that a run
// made in slices, however they lie, is the same run.

import type { Cpu } from '../cpu/cpu.ts';
import { HALTED, RUNNING, WAIT_FOR_SIPI } from '../cpu/state.ts';
import type { Timeline } from '../time/timeline.ts';
import type { TurnEnds } from './turn-ends.ts';

export interface TurnWires {
  readonly cpus: readonly Cpu[];
  /** The alarms that each CPU has set for itself, by id. */
  readonly clocks: readonly Timeline[];
  /** The devices' alarms. */
  readonly timeline: Timeline;
  /** Runs a CPU to the first boundary at or after `end`, or to an earlier one that `endRun` asks for meanwhile. */
  readonly run: (cpu: Cpu, end: number) => void;
  /** When turns end that nothing cuts short. */
  readonly ends: TurnEnds;
  /** Turns of which nobody can tell the ends may be taken as one. */
  readonly fastForward: boolean;
  /** Hands over the interrupts that have been sent to other CPUs. */
  readonly deliver: () => void;
  /** Called before devices do something: what CPUs have read of them may not last. */
  readonly disturb: () => void;
}

/** So often all alarms must have fired for nothing before the sleep is taken for eternal: what they set up in turn counts too. */
const ROUNDS = 2;

export class Turns {
  readonly name = 'turns';
  readonly #wires: TurnWires;
  /** No CPU's time is less than this. */
  now = 0;
  /** Whose turn it is; undefined between turns. */
  current: Cpu | undefined;
  /** When the turn under way will be over. */
  #end = 0;
  #stopped = false;
  /** Length of the turns that the one under way consists of, if these are several. */
  #grid = 0;
  /** When it will be over for those CPUs whose turn would have been before the current one's. */
  #endOfFormer = 0;
  /** While all CPUs sleep: when the last alarm is due of those known when the round began, and the number of the round. */
  #horizon = -Infinity;
  #round = 0;

  constructor(wires: TurnWires) {
    this.#wires = wires;
    wires.timeline.onSooner = (due) => this.#shorten(due);
  }

  /** Makes the run end at the next boundary of the current CPU, for good. */
  stop(): void {
    this.#stopped = true;
    this.#shorten(this.#startOfTurn());
  }

  /** Ends the turn at the next boundary of the current CPU, because it has caused something that must not wait for longer. */
  endTurn(): void {
    if (this.current) this.#shorten(this.current.time + (this.current.slotIsOver ? 0 : 1));
  }

  /** Takes turns until `now` is at least `until`. `stuck`: no CPU can ever execute an instruction again. */
  run(until: number): 'until' | 'stuck' | 'stopped' {
    const { timeline, deliver, disturb, ends, fastForward } = this.#wires;
    while (!this.#stopped) {
      if (this.now >= until) return 'until';
      const wake = this.#isSomeoneAwake() ? undefined : this.#nextAlarm();
      if (wake === Infinity) return 'stuck';
      const alone = wake === undefined && ends.length !== undefined && fastForward ? this.#findAlone() : undefined;
      if (alone !== undefined) {
        this.#takeAlone(alone, ends.length!, until);
      } else if (wake === undefined) {
        this.#passEmptyTurns(until);
        if (this.now >= until) continue;
        this.#take(Math.min(ends.next(this.now), timeline.nextDue));
      } else {
        this.#take(Math.min(wake, until));
      }
      if (timeline.nextDue <= this.now) {
        disturb();
        timeline.runUntil(this.now);
      }
      deliver();
    }
    return 'stopped';
  }

  /** Runs every CPU to `end`. */
  #take(end: number): void {
    const { cpus, run } = this.#wires;
    this.#end = end;
    for (let id = 0; id < cpus.length; id++) {
      this.current = cpus[id];
      run(this.current, this.#end);
    }
    this.current = undefined;
    this.now = Math.max(this.now, this.#end);
  }

  /** The only CPU that is awake, if no store of it can wake another. */
  #findAlone(): Cpu | undefined {
    let alone: Cpu | undefined;
    for (const cpu of this.#wires.cpus) {
      if (isAwake(cpu)) {
        if (alone !== undefined) return undefined;
        alone = cpu;
      } else if (cpu.monitored >= 0) {
        return undefined;
      }
    }
    return alone;
  }

  /**
   * While one CPU is awake, nobody can tell where its turns end, until it wakes or interrupts another, or sleeps: then the turn ends
   * where it would have (endOnGrid). It goes first, since that is earlier than was thought when the turn began.
   */
  #takeAlone(alone: Cpu, length: number, until: number): void {
    const { cpus, clocks, timeline, run, ends } = this.#wires;
    const alarm = clocks.reduce((first, { nextDue }, id) => (id === alone.id ? first : Math.min(first, nextDue)), timeline.nextDue);
    const end = ends.pass(this.now, alarm, until);
    if (end - this.now <= length) {
      this.#take(Math.min(this.now + length, timeline.nextDue));
      return;
    }
    this.#end = end;
    this.#endOfFormer = this.#end;
    this.#grid = length;
    this.current = alone;
    run(alone, this.#end);
    this.#grid = 0;
    for (const cpu of cpus) {
      this.current = cpu;
      if (cpu !== alone) run(cpu, cpu.id < alone.id ? this.#endOfFormer : this.#end);
    }
    this.current = undefined;
    this.now = Math.max(this.now, this.#end);
  }

  /** The current CPU does something at its present time that others will notice after the turn: several turns taken as one end there. */
  endOnGrid(): void {
    if (this.#grid > 0) this.#shorten(this.#startOfTurn() + this.#grid);
  }

  /** Of the one under way; of several taken as one, that in which the current CPU is. */
  #startOfTurn(): number {
    if (this.#grid === 0 || this.current === undefined) return this.now;
    const slot = this.current.time - (this.current.slotIsOver ? 1 : 0);
    return this.now + Math.max(0, Math.floor((slot - this.now) / this.#grid)) * this.#grid;
  }

  /**
   * While no CPU does anything but go round a loop that changes nothing, or sleep, turns before the next alarm are taken as one: no CPU
   * can tell where they ended.
   */
  #passEmptyTurns(until: number): void {
    const { cpus, ends } = this.#wires;
    let alarm = this.#firstAlarm();
    for (const cpu of cpus) if (isAwake(cpu)) alarm = Math.min(alarm, cpu.spin?.provedUntil ?? -Infinity);
    if (alarm <= this.now) return;
    const end = ends.pass(this.now, alarm, until);
    if (end > this.now) this.#take(end);
  }

  #firstAlarm(): number {
    const { clocks, timeline } = this.#wires;
    return clocks.reduce((first, { nextDue }) => Math.min(first, nextDue), timeline.nextDue);
  }

  /** To be asked between two runs. */
  save() {
    const horizon = this.#horizon === -Infinity ? null : this.#horizon;
    return { now: this.now, horizon, round: this.#round, stopped: this.#stopped };
  }

  load(state: ReturnType<Turns['save']>): void {
    this.now = state.now;
    this.#horizon = state.horizon ?? -Infinity;
    this.#round = state.round;
    this.#stopped = state.stopped;
  }

  /** An alarm that the current CPU's doing has set ends the turn, for this CPU and those after it. */
  #shorten(due: number): void {
    if (this.#grid > 0 && due < this.#end) this.#endOfFormer = Math.max(due, Math.min(this.#end, this.#startOfTurn() + this.#grid));
    this.#end = Math.min(this.#end, due);
    this.current?.endRun(due);
  }

  #isSomeoneAwake(): boolean {
    for (const cpu of this.#wires.cpus) {
      if (!isAwake(cpu)) continue;
      this.#horizon = -Infinity;
      this.#round = 0;
      return true;
    }
    return false;
  }

  /** When the first alarm of anyone is due, while all CPUs sleep; Infinity when none is left that may wake one (H4). */
  #nextAlarm(): number {
    const { clocks, timeline } = this.#wires;
    const first = this.#firstAlarm();
    const last = clocks.reduce((latest, { lastDue }) => Math.max(latest, lastDue), timeline.lastDue);
    if (first > this.#horizon) {
      this.#horizon = last;
      this.#round++;
    }
    return this.#round > ROUNDS || first > Number.MAX_SAFE_INTEGER ? Infinity : first;
  }
}

const RFLAGS_IF = 1 << 9;

/** Whether the CPU has something to do before any alarm comes. */
const isAwake = (cpu: Cpu): boolean => {
  switch (cpu.activity) {
    case RUNNING:
      return true;
    case HALTED:
      return (
        cpu.initPending ||
        cpu.debugPending !== 0 ||
        (cpu.nmiPending > 0 && !cpu.nmiBlocked) ||
        ((cpu.rflags & RFLAGS_IF) !== 0 && cpu.wires.interrupts.pendingVector >= 0)
      );
    case WAIT_FOR_SIPI:
      return cpu.sipiPending !== 0;
    default:
      return false;
  }
};
