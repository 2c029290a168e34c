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
  /** The one under way consists of several, of which nobody can tell the ends: one CPU takes them. */
  #isSeveral = false;
  /** By id: until when a CPU would have run by now that was left behind, since nobody can tell. It may be ahead of others, and wait then. */
  readonly #owed: Float64Array;
  /** While all CPUs sleep: when the last alarm is due of those known when the round began, and the number of the round. */
  #horizon = -Infinity;
  #round = 0;

  constructor(wires: TurnWires) {
    this.#wires = wires;
    this.#owed = new Float64Array(wires.cpus.length);
    wires.timeline.onSooner = (due) => this.#shorten(due);
    for (const cpu of wires.cpus) if (cpu.spin) cpu.spin.onDisturb = () => this.#catchUp(cpu);
  }

  /** Makes the run end at the next boundary of the current CPU, for good. */
  stop(): void {
    this.#stopped = true;
    this.#shorten(this.now);
  }

  /** Ends the turn at the next boundary of the current CPU, because it has caused something that must not wait for longer. */
  endTurn(): void {
    if (this.current) this.#shorten(this.current.time + (this.current.slotIsOver ? 0 : 1));
  }

  /** Takes turns until `now` is at least `until`. `stuck`: no CPU can ever execute an instruction again. */
  run(until: number): 'until' | 'stuck' | 'stopped' {
    const outcome = this.#run(until);
    for (const cpu of this.#wires.cpus) this.#catchUp(cpu);
    return outcome;
  }

  #run(until: number): 'until' | 'stuck' | 'stopped' {
    const { timeline, deliver, disturb } = this.#wires;
    while (!this.#stopped) {
      if (this.now >= until) return 'until';
      const wake = this.#isSomeoneAwake() ? undefined : this.#nextAlarm();
      if (wake === Infinity) return 'stuck';
      if (wake === undefined) this.#takeTurns(until);
      else this.#take(Math.min(wake, until));
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
    this.#end = end;
    for (const cpu of this.#wires.cpus) this.#runTo(cpu, this.#end);
    this.current = undefined;
    this.now = Math.max(this.now, this.#end);
  }

  /** Runs one CPU, unless it can be left behind. */
  #runTo(cpu: Cpu, endOfTurn: number): void {
    const { clocks, run } = this.#wires;
    const end = Math.max(endOfTurn, this.#owed[cpu.id]);
    if (cpu.spin !== undefined && cpu.spin.provedUntil >= end && clocks[cpu.id].nextDue > end && cpu.spin.canWait) {
      this.#owed[cpu.id] = end;
      return;
    }
    this.#owed[cpu.id] = 0;
    this.current = cpu;
    run(cpu, end);
  }

  /** Runs a CPU that was left behind, up to where it would be by now, before something happens that it may notice. */
  #catchUp(cpu: Cpu): void {
    const { current } = this;
    if (cpu === current) return;
    this.endOnGrid();
    const owed = this.#owed[cpu.id];
    this.#owed[cpu.id] = 0;
    if (owed <= cpu.time) return;
    this.current = cpu;
    this.#wires.run(cpu, owed);
    this.current = current;
  }

  /** Takes a turn, or several of which nobody can tell the ends. */
  #takeTurns(until: number): void {
    const { cpus, timeline, ends, fastForward } = this.#wires;
    const next = ends.next(this.now);
    let busy = 0;
    let alone: Cpu | undefined;
    let isMonitored = false;
    for (const cpu of cpus) {
      if (!isAwake(cpu)) {
        isMonitored ||= cpu.monitored >= 0;
      } else if (cpu.spin === undefined || cpu.spin.provedUntil < next) {
        busy++;
        alone = cpu;
      }
    }
    const isPassable = fastForward && (busy === 0 || (busy === 1 && !isMonitored));
    const end = isPassable ? ends.pass(this.now, this.#quietUntil(alone), until) : 0;
    if (end <= next) this.#take(Math.min(next, timeline.nextDue));
    else if (alone === undefined) this.#take(end);
    else this.#takeAlone(alone, end);
  }

  /** Before this time no device does anything, nor any CPU but `alone` that anybody might notice, if it does not do so now. */
  #quietUntil(alone?: Cpu): number {
    const { cpus, clocks, timeline } = this.#wires;
    let until = timeline.nextDue;
    for (const cpu of cpus) {
      if (cpu === alone) continue;
      until = Math.min(until, clocks[cpu.id].nextDue);
      if (isAwake(cpu)) until = Math.min(until, alone === undefined || cpu.spin!.canWait ? cpu.spin!.provedUntil : -Infinity);
    }
    return until;
  }

  /**
   * While one CPU is awake and not in a proved loop, nobody can tell where its turns end, until it wakes, interrupts or disturbs another,
   * or sleeps: then only the turn in which that happens is left (endOnGrid). It goes first, since that is earlier than was thought when the turn
   * began.
   */
  #takeAlone(alone: Cpu, end: number): void {
    this.#end = end;
    this.#isSeveral = true;
    this.#runTo(alone, end);
    this.#isSeveral = false;
    for (const cpu of this.#wires.cpus) if (cpu !== alone) this.#runTo(cpu, this.#end);
    this.current = undefined;
    this.now = Math.max(this.now, this.#end);
  }

  /** The current CPU does something at its present time that others will notice: of several turns taken as one, that is the last. */
  endOnGrid(): void {
    if (!this.#isSeveral) return;
    this.#isSeveral = false;
    this.now = this.#startOfTurn();
    this.#end = Math.min(this.#end, this.#wires.ends.next(this.now));
    // Those before it have taken this turn, the others have not yet.
    for (const { id } of this.#wires.cpus) this.#owed[id] = Math.max(this.#owed[id], id < this.current!.id ? this.#end : this.now);
    this.current!.endRun(this.#end);
  }

  /** Of several turns, that in which the CPU is that takes them. */
  #startOfTurn(): number {
    const { time, slotIsOver } = this.current!;
    return this.#wires.ends.start(this.now, Math.max(this.now, slotIsOver ? time - 1 : time));
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
    const { ends } = this.#wires;
    // The alarm ends a later one of several turns only if it is still there when that one begins.
    const end = this.#isSeveral && due > ends.next(this.#startOfTurn()) ? ends.pass(this.now, due, Infinity) : due;
    if (end === due) this.endOnGrid();
    this.#end = Math.min(this.#end, end);
    this.current?.endRun(end);
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
