// Alarms → calls at virtual times. Time is an integer that only the owner moves, by runUntil(); ties fire in the order in which they
// were set. The machine has one timeline, and each CPU one of its own for what it does to itself (its timer, its counters).

/** A future call at a virtual time. `due` is Infinity while it is not set. */
export class Alarm {
  readonly name: string;
  readonly fire: (due: number) => void;
  due = Infinity;
  constructor(name: string, fire: (due: number) => void) {
    this.name = name;
    this.fire = fire;
  }
}

export class Timeline {
  /** Alarms that are set, soonest first; few, so a sorted array is the quickest queue. */
  readonly #queue: Alarm[] = [];
  /** Called when the first alarm has become sooner than it was, so that a run under way can be shortened. */
  onSooner: (due: number) => void = () => {};

  /** When the next alarm is due, in ticks, or Infinity. */
  nextDue = Infinity;

  /** When the last of the alarms that are set is due, or -Infinity. */
  get lastDue(): number {
    return this.#queue.at(-1)?.due ?? -Infinity;
  }

  /** Sets `alarm` to `due` ticks, replacing an earlier setting; a time that has passed means as soon as possible. */
  set(alarm: Alarm, due: number): void {
    this.#remove(alarm);
    alarm.due = due;
    let at = this.#queue.length;
    while (at > 0 && this.#queue[at - 1].due > due) at--;
    this.#queue.splice(at, 0, alarm);
    this.#update();
    if (at === 0) this.onSooner(due);
  }

  cancel(alarm: Alarm): void {
    this.#remove(alarm);
    alarm.due = Infinity;
    this.#update();
  }

  /** Fires everything due at or before `end`, in order. An alarm may set itself, or others, again. */
  runUntil(end: number): void {
    while (this.nextDue <= end) {
      const alarm = this.#queue[0];
      const due = alarm.due;
      this.cancel(alarm);
      alarm.fire(due);
    }
  }

  #remove(alarm: Alarm): void {
    if (alarm.due === Infinity) return;
    const at = this.#queue.indexOf(alarm);
    if (at >= 0) this.#queue.splice(at, 1);
  }

  #update(): void {
    this.nextDue = this.#queue.length > 0 ? this.#queue[0].due : Infinity;
  }
}
