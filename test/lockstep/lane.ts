// A subject and a variant → one run of it, step by step; what is compared is a text. A lane may stop anywhere on the way of a step, and each
// variant does so at times of its own, for the way in which a run is cut may not be observed either.

import type { Random } from '../../src/base/random.ts';
import type { Cpu } from '../../src/cpu/cpu.ts';
import type { Lapic } from '../../src/device/lapic.ts';
import { formatEntry, Machine } from '../../src/index.ts';
import { Alarm, type Timeline } from '../../src/time/timeline.ts';
import { RegionTranslator } from '../../src/translate/engine.ts';
import { type Arrival, type Plan, randomFor, type Step, type Subject, type Variant } from './subject.ts';

const MOST_CUTS = 2;

export const nameOf = ({ engine, fastForward }: Variant): string => `${engine}${fastForward ? ' with fast-forward' : ''}`;

/** What the machine gives its CPUs for a clock and for a local APIC. */
export const clockOf = (cpu: Cpu): Timeline => cpu.wires.clock as Timeline;
const lapicOf = (cpu: Cpu): Lapic => cpu.wires.interrupts as Lapic;

/** Instructions of all CPUs, and ticks of those that did not sleep. */
export const retiredBy = ({ cpus }: Machine): number => busyTicks(cpus) - cpus.reduce((sum, { extraTicks }) => sum + extraTicks, 0);
const busyTicks = (cpus: readonly Cpu[]): number => cpus.reduce((sum, { time, haltedTicks }) => sum + time - haltedTicks, 0);

/** Ticks in translated code. */
export const translatedBy = ({ cpus }: Machine): number => {
  const { translator } = cpus[0];
  return translator instanceof RegionTranslator ? translator.ticks : 0;
};

export class Lane {
  readonly #subject: Subject;
  readonly #plan: Plan;
  readonly #variant: Variant;
  readonly #cuts: Random;
  readonly #journal: string[] = [];
  #machine: Machine;
  #next = 0;
  #translated = 0;

  constructor(subject: Subject, plan: Plan, variant: Variant) {
    this.#subject = subject;
    this.#plan = plan;
    this.#variant = variant;
    this.#cuts = randomFor(plan.steps[0].until, nameOf(variant));
    this.#machine = this.#build();
    this.#setAlarms();
  }

  get machine(): Machine {
    return this.#machine;
  }

  get instructions(): number {
    return retiredBy(this.#machine);
  }

  get busyTicks(): number {
    return busyTicks(this.#machine.cpus);
  }

  /** As many of them as were in translated code. */
  get translated(): number {
    return this.#translated + translatedBy(this.#machine);
  }

  /** Runs to the end of the next step: how things are then, before anything arrives. */
  advance(): string {
    const step = this.#plan.steps[this.#next++];
    const from = this.#machine.now;
    const room = Math.max(0, step.until - from);
    const cuts = Array.from({ length: this.#cuts.below(MOST_CUTS + 1) }, () => from + this.#cuts.below(room));
    for (const cut of cuts.sort((a, b) => a - b)) this.#machine.run(cut);
    const state = this.runTo(step.until);
    this.#perform(step);
    return state;
  }

  /** Runs as far as `until`, which is in the next step. */
  runTo(until: number): string {
    const { kind } = this.#machine.run(until);
    return `${kind} at ${this.#machine.now}, state ${this.#machine.stateHash()}`;
  }

  /** What has been observed, and is not in the state. */
  observations(): string {
    const { journal, cpus } = this.#machine;
    return [...this.#journal, ...journal.entries.map(formatEntry), ...cpus.map(({ id }) => this.#machine.describeCpu(id))].join('\n');
  }

  #build(): Machine {
    const { config, hot, load } = this.#subject;
    const machine = new Machine({ ...config, ...this.#variant }, hot === undefined ? {} : { hot });
    load(machine);
    return machine;
  }

  #perform({ arrivals, reload }: Step): void {
    for (const arrival of arrivals) arrive(this.#machine.cpus[arrival.cpu], arrival);
    if (!reload) return;
    this.#journal.push(...this.#machine.journal.entries.map(formatEntry));
    this.#translated = this.translated;
    const snapshot = structuredClone(this.#machine.save());
    this.#machine = this.#build();
    this.#machine.restore(snapshot);
    this.#setAlarms();
  }

  /** Those that are still to come; no snapshot has them. */
  #setAlarms(): void {
    for (const { due, ...arrival } of this.#plan.alarms) {
      const cpu = this.#machine.cpus[arrival.cpu];
      if (due > cpu.time) clockOf(cpu).set(new Alarm('arrival', () => arrive(cpu, arrival)), due);
    }
  }
}

const arrive = (cpu: Cpu, { kind, vector }: Arrival): void =>
  lapicOf(cpu).receive({ delivery: kind === 'nmi' ? 'nmi' : 'fixed', vector, level: false, destination: { kind: 'self' } });
