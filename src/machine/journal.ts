// What can be observed of a run → entries, each with time and CPU. Nothing in the machine ever reads them back. Bytes of a serial
// port become lines, because lines are what people and judges read; an endless guest cannot make the journal endless.

/** `time` in ticks. A line bears the time and the CPU of its first byte. `code` is that of the debug-exit port. */
export type Entry = { readonly time: number; readonly cpu: number } & Observation;

export type Observation =
  | { readonly kind: 'console' | 'debug'; readonly text: string }
  | { readonly kind: 'init' | 'start-up' | 'triple-fault' | 'stuck' }
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'reset'; readonly by: string }
  /** So much was observed after the limit and is not kept. */
  | { readonly kind: 'cut'; readonly entries: number; readonly characters: number };

/** The entry in one line, CPU first. */
export const formatEntry = ({ cpu, time, ...observation }: Entry): string => {
  const start = `cpu${cpu} t=${time} ${observation.kind}`;
  switch (observation.kind) {
    case 'console':
    case 'debug':
      return `${start} ${observation.text}`;
    case 'exit':
      return `${start} code=${observation.code}`;
    case 'reset':
      return `${start} by=${observation.by}`;
    case 'cut':
      return `${start} entries=${observation.entries} characters=${observation.characters}`;
    default:
      return start;
  }
};

/** How a run ends is kept whatever came before. */
const ENDS: ReadonlySet<Observation['kind']> = new Set(['exit', 'reset', 'triple-fault', 'stuck']);

export class Journal {
  /** In the order in which they were made. */
  readonly entries: Entry[] = [];
  #characters = 0;
  /** Stands where the first is missing that was too much; nothing is kept after it but the end. */
  #cut: { time: number; cpu: number; kind: 'cut'; entries: number; characters: number } | undefined;
  /** Called for each entry as it is made, also for those that are not kept. */
  onEntry: (entry: Entry) => void = () => {};
  /** Entries that are kept, and characters in all of them: no guest can fill the host's memory. */
  static readonly LIMIT = 200_000;
  static readonly TEXT_LIMIT = 16 * 2 ** 20;

  /** Entries beyond the limits. */
  get dropped(): number {
    return this.#cut?.entries ?? 0;
  }

  add(entry: Entry): void {
    const length = 'text' in entry ? entry.text.length : 0;
    const isTooMuch = this.entries.length >= Journal.LIMIT || this.#characters + length > Journal.TEXT_LIMIT;
    if (ENDS.has(entry.kind)) this.entries.push(entry);
    else if (this.#cut !== undefined || isTooMuch) this.#leaveOut(entry, length);
    else {
      this.entries.push(entry);
      this.#characters += length;
    }
    this.onEntry(entry);
  }

  #leaveOut({ time, cpu }: Entry, length: number): void {
    if (this.#cut === undefined) this.entries.push((this.#cut = { time, cpu, kind: 'cut', entries: 0, characters: 0 }));
    this.#cut.entries++;
    this.#cut.characters += length;
  }
}

const FROM_UTF8 = new TextDecoder();
const [NEWLINE, RETURN] = [0x0a, 0x0d];

/** Bytes one at a time → lines without their ends. A line that never ends is cut. */
export class LineAssembler {
  static readonly LONGEST = 4096;
  readonly #bytes: number[] = [];
  #time = 0;
  #cpu = 0;
  readonly #onLine: (time: number, cpu: number, text: string) => void;

  constructor(onLine: (time: number, cpu: number, text: string) => void) {
    this.#onLine = onLine;
  }

  add(byte: number, time: number, cpu: number): void {
    if (this.#bytes.length === 0) [this.#time, this.#cpu] = [time, cpu];
    if (byte === NEWLINE) {
      while (this.#bytes.at(-1) === RETURN) this.#bytes.pop();
      this.#emit();
    } else if (this.#bytes.push(byte) === LineAssembler.LONGEST) {
      this.#emit();
    }
  }

  /** The run is over: what has no end yet is a line too. */
  finish(): void {
    if (this.#bytes.length > 0) this.#emit();
  }

  #emit(): void {
    const text = FROM_UTF8.decode(Uint8Array.from(this.#bytes));
    this.#bytes.length = 0;
    this.#onLine(this.#time, this.#cpu, text);
  }
}
