// What the guest printed → what its detectors found. The lab knows of a lockup only what the kernel itself says on its console, in
// Linux's words (kernel/watchdog.c), never from the machine's inside.

/** A line of the guest's console. `seconds` is guest time since power-on, of the line's first byte; `cpu` is the one that wrote it. */
export interface ConsoleLine {
  readonly seconds: number;
  readonly cpu: number;
  readonly text: string;
}

/** One report of a detector. `cpu` is the stuck one; `symbol` where it was, as `name+0xoffset`, once its registers were printed. */
export interface Finding {
  readonly kind: 'soft' | 'hard';
  readonly seconds: number;
  readonly cpu: number;
  readonly line: string;
  symbol: string | undefined;
}

const STAMP = /^\[ *\d+\.\d+\] /;
const SOFT = /BUG: soft lockup - CPU#(\d+) stuck for \d+s!/;
const HARD = /Watchdog detected hard LOCKUP on cpu (\d+)/;
const RIP = /^RIP: [0-9a-f]{4}:(\S+?)(?:\/0x[0-9a-f]+)?(?: \[\S+\])?$/;
const ONSET = /^[\w-]+: start$/;

/** The line without the time stamp of printk. */
export const withoutStamp = (text: string): string => text.replace(STAMP, '');

/** Reads the console line by line. */
export class FindingReader {
  readonly findings: Finding[] = [];
  /** When the scenario said that the lockup begins, in seconds since power-on. */
  onset: number | undefined;

  add(line: ConsoleLine): void {
    const text = withoutStamp(line.text);
    if (this.onset === undefined && ONSET.test(text)) this.onset = line.seconds;
    for (const [kind, pattern] of [['soft', SOFT], ['hard', HARD]] as const) {
      const match = pattern.exec(text);
      if (match) this.findings.push({ kind, seconds: line.seconds, cpu: Number(match[1]), line: text, symbol: undefined });
    }
    const rip = RIP.exec(text);
    const last = this.findings.at(-1);
    if (rip && last) last.symbol ??= rip[1];
  }
}
