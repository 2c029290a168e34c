// What can be observed of a run → entries, each with time and CPU. Nothing in the machine ever reads them back. Bytes of a serial
// port become lines, because lines are what people and judges read; an endless guest cannot make the journal endless.

/** `time` in ticks. A line bears the time and the CPU of its first byte. `code` is that of the debug-exit port. */
export type Entry = { readonly time: number; readonly cpu: number } & Observation;

export type Observation =
  | { readonly kind: 'console' | 'debug'; readonly text: string }
  | { readonly kind: 'init' | 'start-up' | 'triple-fault' | 'stuck' }
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'reset'; readonly by: string };

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
    default:
      return start;
  }
};

export class Journal {
  readonly entries: Entry[] = [];
  /** Entries beyond the limit, which were reported live but are not kept. */
  dropped = 0;
  /** Called for each entry as it is made. */
  onEntry: (entry: Entry) => void = () => {};
  static readonly LIMIT = 200_000;

  add(entry: Entry): void {
    if (this.entries.length < Journal.LIMIT) this.entries.push(entry);
    else this.dropped++;
    this.onEntry(entry);
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
