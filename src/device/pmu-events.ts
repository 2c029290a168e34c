// Event selections of the PMU → what advances a counter. Every clock of the modelled core retires at most one instruction, so the
// counter mask leaves few possibilities (SDM vol. 3, 20.2.1.1): a threshold of 1 changes nothing, a higher one is never reached,
// and inverting either asks for the clocks in which nothing retired, or for all of them. Edge detection counts nothing.

/** Unhalted clocks; instructions retired; unhalted clocks in which none retired; nothing. */
export type Source = 'cycles' | 'retired' | 'stalled' | 'nothing';

export interface Selection {
  readonly source: Source;
  /** Counts at CPL 0. */
  readonly os: boolean;
  /** Counts at CPL 1..3. */
  readonly user: boolean;
  /** Overflow requests an interrupt. */
  readonly interrupt: boolean;
}

/** Architectural events by umask and event select; the others select nothing (CPUID.0AH:EBX says that they are not there). */
const EVENTS = new Map<number, Source>([
  [0x003c, 'cycles'], // UnHalted Core Cycles
  [0x00c0, 'retired'], // Instructions Retired
  [0x013c, 'cycles'], // UnHalted Reference Cycles: the core runs at the TSC's rate
]);

/** Bits of IA32_PERFEVTSELx. */
const USR = 1 << 16;
const OS = 1 << 17;
const EDGE = 1 << 18;
const INT = 1 << 20;
const EN = 1 << 22;
const INV = 1 << 23;

/** All but bit 21 (AnyThread, which version 2 does not have) and the upper half. */
export const EVENT_SELECT_WRITABLE = 0xffdf_ffffn;

export const selectionOf = (select: number): Selection => ({
  source: select & EN && !(select & EDGE) ? thresholded(EVENTS.get(select & 0xffff) ?? 'nothing', select) : 'nothing',
  os: (select & OS) !== 0,
  user: (select & USR) !== 0,
  interrupt: (select & INT) !== 0,
});

/** The source seen through CMASK and INV: clocks with at least, or with fewer than, CMASK events. */
const thresholded = (source: Source, select: number): Source => {
  const mask = select >>> 24;
  if (mask === 0) return source;
  if (mask === 1 && !(select & INV)) return source;
  if (!(select & INV)) return 'nothing';
  if (mask > 1 || source === 'nothing') return 'cycles';
  return source === 'retired' ? 'stalled' : 'nothing';
};

/** What the fixed counters count: instructions retired, core cycles, reference cycles. */
export const FIXED_SOURCES: readonly Source[] = ['retired', 'cycles', 'cycles'];

/** Per counter OS, USR and PMI; bit 2 of each (AnyThread) is reserved in version 2. */
export const FIXED_CONTROL_WRITABLE = 0xbbbn;

/** A fixed counter's selection from IA32_FIXED_CTR_CTRL. */
export const fixedSelectionOf = (index: number, control: number): Selection => {
  const field = control >>> (index * 4);
  return { source: FIXED_SOURCES[index], os: (field & 1) !== 0, user: (field & 2) !== 0, interrupt: (field & 8) !== 0 };
};
