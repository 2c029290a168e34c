// One counter of the 8254: count and control writes, gate, clocks that have passed → its output and its count. Nothing runs: both
// follow from the clocks since the count was loaded. A new count takes effect at once, also in modes 2 and 3, where the chip would
// finish its period first.

/** What a control word selects to be read or written: low byte, high byte, or low then high. */
type Access = 1 | 2 | 3;

export interface PitChannelState {
  /** 0..5; 6 and 7 are 2 and 3. */
  mode: number;
  access: Access;
  bcd: boolean;
  /** The initial count, 1..65536 (or 10000 in BCD). */
  count: number;
  /** A count has been written since the control word. */
  loaded: boolean;
  /** The low byte of a count whose high byte is awaited, or -1. */
  lowByte: number;
  readHigh: boolean;
  /** Bytes of a latched status and count, still to be read. */
  latched: readonly number[];
  statusLatched: boolean;
  countLatched: boolean;
  gate: boolean;
  /** Clocks that passed before `since`. */
  clocks: number;
  /** The tick from which the clock counts on, or -1 while it stands. */
  since: number;
}

export const resetChannel = (gate: boolean): PitChannelState => ({
  mode: 0,
  access: 3,
  bcd: false,
  count: 0x1_0000,
  loaded: false,
  lowByte: -1,
  readHigh: false,
  latched: [],
  statusLatched: false,
  countLatched: false,
  gate,
  clocks: 0,
  since: -1,
});

/** Modes that a rising gate starts. */
const isTriggered = (mode: number): boolean => mode === 1 || mode === 5;
const isPeriodic = (mode: number): boolean => mode === 2 || mode === 3;

const toBcd = (value: number): number => Number.parseInt(String(value % 10_000), 16);
const fromBcd = (value: number): number => Number(value.toString(16).replace(/[a-f]/g, '9'));

export interface PitClock {
  readonly now: () => number;
  /** Whole clocks of the counter in so many ticks. */
  readonly periodsIn: (ticks: number) => number;
}

export class PitChannel {
  readonly #clock: PitClock;
  state: PitChannelState;

  constructor(clock: PitClock, gate: boolean) {
    this.#clock = clock;
    this.state = resetChannel(gate);
  }

  /** Clocks since the count was written; the first of them loads it. */
  clocksAt(tick: number): number {
    const { clocks, since } = this.state;
    return since < 0 ? clocks : clocks + this.#clock.periodsIn(Math.max(0, tick - since));
  }

  get out(): boolean {
    const { mode, count, loaded, gate, since } = this.state;
    if (!loaded || (isTriggered(mode) && since < 0)) return mode !== 0;
    if (isPeriodic(mode) && !gate) return true;
    const passed = this.#passed;
    switch (mode) {
      case 0:
      case 1:
        return passed >= count;
      case 2:
        return passed % count !== count - 1;
      case 3:
        return passed % count < Math.ceil(count / 2);
      default:
        return passed !== count;
    }
  }

  /** The clock at which OUT rises next, counted as by `clocksAt`; Infinity if it does not. */
  nextRise(clocks: number): number {
    const { mode, count, loaded, since } = this.state;
    if (!loaded || since < 0) return Infinity;
    if (isPeriodic(mode)) return 1 + (Math.floor(Math.max(0, clocks - 1) / count) + 1) * count;
    const rise = mode >= 4 ? count + 2 : count + 1;
    return clocks < rise ? rise : Infinity;
  }

  /** Clocks of counting proper. */
  get #passed(): number {
    return Math.max(0, this.clocksAt(this.#clock.now()) - 1);
  }

  get #counter(): number {
    const { mode, count, bcd } = this.state;
    const passed = this.#passed;
    const range = bcd ? 10_000 : 0x1_0000;
    if (mode === 2) return count - (passed % count);
    if (mode !== 3) return (((count - passed) % range) + range) % range;
    const high = Math.ceil(count / 2);
    const within = passed % count;
    return count - (count % 2) - 2 * (within < high ? within : within - high);
  }

  writeControl(value: number): void {
    const access = ((value >> 4) & 3) as 0 | Access;
    if (access === 0) return this.#latchCount();
    const mode = (value >> 1) & 7;
    const { gate } = this.state;
    this.state = { ...resetChannel(gate), mode: mode > 5 ? mode - 4 : mode, access, bcd: (value & 1) !== 0 };
  }

  /** The read-back command: which of status and count to latch. */
  latch(status: boolean, count: boolean): void {
    const { state } = this;
    if (status && !state.statusLatched) {
      const { mode, access, bcd, loaded } = state;
      const nullCount = !loaded || this.clocksAt(this.#clock.now()) < 1;
      state.latched = [(this.out ? 0x80 : 0) | (nullCount ? 0x40 : 0) | (access << 4) | (mode << 1) | (bcd ? 1 : 0), ...state.latched];
      state.statusLatched = true;
    }
    if (count) this.#latchCount();
  }

  read(): number {
    const { state } = this;
    const [latched, ...rest] = state.latched;
    if (latched !== undefined) {
      state.latched = rest;
      if (state.statusLatched) state.statusLatched = false;
      if (rest.length === 0) state.countLatched = false;
      return latched;
    }
    const value = this.#visibleCount;
    const high = state.access === 2 || (state.access === 3 && state.readHigh);
    if (state.access === 3) state.readHigh = !state.readHigh;
    return high ? value >> 8 : value & 0xff;
  }

  write(byte: number): void {
    const { state } = this;
    if (state.access === 1) return this.#load(byte);
    if (state.access === 2) return this.#load(byte << 8);
    if (state.lowByte < 0) {
      state.lowByte = byte;
      if (state.mode === 0) this.#stop();
      return;
    }
    this.#load((byte << 8) | state.lowByte);
    state.lowByte = -1;
  }

  /** A low gate holds the count; a rising one starts modes 1 and 5, and modes 2 and 3 anew. */
  setGate(gate: boolean): void {
    const { state } = this;
    if (gate === state.gate) return;
    state.gate = gate;
    if (!state.loaded) return;
    if (!gate) {
      if (!isTriggered(state.mode)) this.#stop();
      return;
    }
    if (isTriggered(state.mode) || isPeriodic(state.mode)) state.clocks = 0;
    state.since = this.#clock.now();
  }

  #load(value: number): void {
    const { state } = this;
    state.count = (state.bcd ? fromBcd(value) : value) || (state.bcd ? 10_000 : 0x1_0000);
    state.loaded = true;
    if (isTriggered(state.mode)) return;
    state.clocks = 0;
    state.since = state.gate ? this.#clock.now() : -1;
  }

  #stop(): void {
    const now = this.#clock.now();
    this.state.clocks = this.clocksAt(now);
    this.state.since = -1;
  }

  get #visibleCount(): number {
    const counter = this.#counter;
    return this.state.bcd ? toBcd(counter) : counter & 0xffff;
  }

  /** A second latch before the first is read is ignored. */
  #latchCount(): void {
    const { state } = this;
    if (state.countLatched) return;
    const value = this.#visibleCount;
    const bytes = { 1: [value & 0xff], 2: [value >> 8], 3: [value & 0xff, value >> 8] }[state.access];
    state.latched = [...state.latched, ...bytes];
    state.countLatched = true;
  }
}
