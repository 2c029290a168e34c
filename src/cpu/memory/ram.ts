// RAM as the CPUs of a machine share it: a view of the one memory, and a mark for each 64-byte line that somebody wants to know
// the writes to (decoded instructions, MONITOR, loops that are watched). A store looks at the mark, so that nothing has to be searched
// and X3 holds for all CPUs.

/** Bytes in a line: the granule of marks, of CLFLUSH and of MONITOR. */
export const LINE_BYTES = 64;
export const LINE_SHIFT = 6;

/** Bits of a mark. */
export const HAS_CODE = 1;
export const IS_MONITORED = 2;
/** A loop that is watched (spin.ts) has accessed it. */
export const IS_POLLED = 4;

/** Called with the physical address of a marked line that has been written, after the write. */
export type LineWatcher = (lineAddress: number) => void;

/** Called with the number of a line before it may change; `hasCode`: instructions in it have been decoded. */
export type LinePoller = (line: number, hasCode: boolean) => void;

export class Ram {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  /** Bytes of RAM; physical addresses 0 to size - 1 are RAM, all others belong to the bus. */
  readonly size: number;
  /** One byte for each line. */
  readonly marks: Uint8Array;
  readonly #watchers: { readonly mark: number; readonly watch: LineWatcher }[] = [];
  readonly #pollers: LinePoller[] = [];

  /** `marks` has a zero byte for each line of RAM. */
  constructor(buffer: ArrayBufferLike, byteOffset: number, size: number, marks: Uint8Array = new Uint8Array(Math.ceil(size / LINE_BYTES))) {
    this.view = new DataView(buffer, byteOffset, size);
    this.bytes = new Uint8Array(buffer, byteOffset, size);
    this.size = size;
    this.marks = marks;
  }

  /** Calls `watch` for each write to a line that has `mark`. */
  onWrite(mark: number, watch: LineWatcher): void {
    this.#watchers.push({ mark, watch });
  }

  /** Calls `poll` before a change of lines that a watched loop has accessed, or that have code. */
  onChange(poll: LinePoller): void {
    this.#pollers.push(poll);
  }

  mark(physical: number, mark: number): void {
    if (physical < this.size) this.marks[physical >>> LINE_SHIFT] |= mark;
  }

  /** Whether somebody wants to know of writes to `count` bytes, fewer than a line has and at least one, at `physical`. */
  isMarked(physical: number, count: number): boolean {
    return (this.marks[physical >>> LINE_SHIFT] | this.marks[(physical + count - 1) >>> LINE_SHIFT]) !== 0;
  }

  /** To be called before `count` bytes at `physical` change, if one of their lines is marked. */
  changing(physical: number, count: number): void {
    const last = (physical + count - 1) >>> LINE_SHIFT;
    for (let line = physical >>> LINE_SHIFT; line <= last; line++) {
      const mark = this.marks[line];
      if ((mark & (HAS_CODE | IS_POLLED)) === 0) continue;
      for (const poll of this.#pollers) poll(line, (mark & HAS_CODE) !== 0);
      this.marks[line] &= ~IS_POLLED;
    }
  }

  /** To be called after `count` bytes at `physical` have been written, if one of their lines is marked. */
  written(physical: number, count: number): void {
    const last = (physical + count - 1) >>> LINE_SHIFT;
    for (let line = physical >>> LINE_SHIFT; line <= last; line++) {
      const mark = this.marks[line];
      if ((mark & ~IS_POLLED) === 0) continue;
      this.marks[line] = mark & IS_POLLED;
      for (const watcher of this.#watchers) {
        if ((watcher.mark & mark) !== 0) watcher.watch(line * LINE_BYTES);
      }
    }
  }

  /** Writes that come from outside the CPUs: a loader, a debugger. */
  write(physical: number, bytes: Uint8Array): void {
    this.changing(physical, bytes.length);
    this.bytes.set(bytes, physical);
    this.written(physical, bytes.length);
  }
}
