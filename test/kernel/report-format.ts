// The console of a run → its reports, read with the printf formats of Linux's own printk calls (lockup-detector spec 1.7, 2.4, 2.6, 3.3,
// 4.1-4.6, 7). Line by line: whatever does not fit the line that must come next is an error that names it.

export type Format = '6.12' | '5.4';

const SYMBOL = '(?:[\\w.]+\\+0x[0-9a-f]+/0x[0-9a-f]+(?: \\[\\w+\\])?|0x[0-9a-f]+)';
const CONVERSIONS: Readonly<Record<string, string>> = {
  '%d': '-?\\d+', '%u': '\\d+', '%lu': '\\d+', '%ld': '-?\\d+', '%lld': '\\d+', '%03d': '\\d{3}', '%s': '.*?', '%.20s': '.{1,20}?',
  '%02x': '[0-9a-f]{2,}', '%04x': '[0-9a-f]{4,}', '%x': '[0-9a-f]+', '%08lx': '[0-9a-f]{8}', '%016lx': '[0-9a-f]{16}', '%lx': '[0-9a-f]+',
  '%pS': SYMBOL, '%pB': SYMBOL, '%ps': '[\\w.]+', '%*pbl': '\\d+(?:-\\d+)?(?:,\\d+(?:-\\d+)?)*', '%-15.15s': '.{15}', '%-5lu': '\\d+ *',
  '%-5d': '\\d+ *', '%-6d': '\\d+ *', '%c': '.', '%ld/0x%lx': '-?\\d+/0x[0-9a-f]+',
};

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** A printf format as a pattern of the whole line. */
export const patternOf = (format: string): RegExp =>
  new RegExp(`^${format.split(/(%[-0]?[\d.*]*(?:l{0,2}[duxsc]|p(?:S|B|s|bl)))/).map((part, index) => {
    if (index % 2 === 0) return escapeRegExp(part);
    const conversion = CONVERSIONS[part];
    if (conversion === undefined) throw new Error(`no conversion ${part}`);
    return conversion;
  }).join('')}$`);

const SHORT_REGISTERS = [
  'RAX: %016lx RBX: %016lx RCX: %016lx', 'RDX: %016lx RSI: %016lx RDI: %016lx', 'RBP: %016lx R08: %016lx R09: %016lx',
  'R10: %016lx R11: %016lx R12: %016lx', 'R13: %016lx R14: %016lx R15: %016lx',
];
const ALL_REGISTERS = [
  'FS:  %016lx(%04x) GS:%016lx(%04x) knlGS:%016lx', 'CS:  %04x DS: %04x ES: %04x CR0: %016lx', 'CR2: %016lx CR3: %016lx CR4: %016lx',
];
/** What stands in place of the letters, in the order of the flags; 5.4 has the first 18 (spec 4.4). */
const TAINT_LETTERS = ['[PG]', ...'FSRMBUDAWCIOELKXTN'].map((letter) => (letter.length > 1 ? letter : `[${letter} ]`));
const TAINT_NAMES: Readonly<Record<string, string>> = { O: 'OOT_MODULE', L: 'SOFTLOCKUP', D: 'DIE', W: 'WARN', E: 'UNSIGNED_MODULE', N: 'TEST' };

export interface Trace {
  /** Names of stacks, as `<IRQ>`, `</IRQ>`, and of functions, in the order of the lines; without those after a question mark. */
  readonly names: readonly string[];
}
export interface Dump {
  readonly cpu: number;
  readonly pid: number;
  readonly comm: string;
  readonly taint: string;
  /** Of the registers, where they are shown. */
  readonly rip?: string;
  readonly flags?: number;
  readonly trace?: Trace;
}

export class ReportReader {
  readonly #lines: readonly string[];
  readonly #format: Format;
  #at = 0;

  /** `lines` are without time stamps. */
  constructor(lines: readonly string[], format: Format = '6.12') {
    this.#lines = lines;
    this.#format = format;
  }

  get next(): string | undefined {
    return this.#lines[this.#at];
  }

  /** Goes on to the first line of this format. */
  find(format: string): string {
    const pattern = patternOf(format);
    const at = this.#lines.findIndex((line, index) => index >= this.#at && pattern.test(line));
    if (at < 0) throw new Error(`no line of the format '${format}'`);
    this.#at = at + 1;
    return this.#lines[at];
  }

  maybe(format: string): string | undefined {
    const line = this.next;
    if (line === undefined || !patternOf(format).test(line)) return undefined;
    this.#at++;
    return line;
  }

  take(format: string): string {
    const line = this.maybe(format);
    if (line === undefined) throw new Error(`line ${this.#at + 1} is '${this.next}', not '${format}'`);
    return line;
  }

  /** dump_stack_print_info() */
  header(): Dump {
    const uid = this.#format === '5.4' ? '' : ' UID: %u';
    const line = this.take(`CPU: %d${uid} PID: %d Comm: %.20s %s 6.12.0-clispin #1`);
    const count = this.#format === '5.4' ? 18 : 19;
    const taint = new RegExp(`Comm: (.+?) (Not tainted|Tainted: ${TAINT_LETTERS.slice(0, count).join('')}) 6\\.12`).exec(line);
    if (!taint) throw new Error(`taint flags in '${line}'`);
    const letters = [...taint[2].replace(/^Tainted: G/, '')].filter((letter) => letter in TAINT_NAMES && taint[2] !== 'Not tainted');
    if (letters.length > 0 && this.#format === '6.12')
      this.take(`Tainted: ${letters.map((letter) => `[${letter}]=${TAINT_NAMES[letter]}`).join(', ')}`);
    this.take('Hardware name: %s');
    const [cpu, pid] = [/CPU: (\d+)/, /PID: (\d+)/].map((pattern) => Number(pattern.exec(line)?.[1]));
    return { cpu, pid, comm: taint[1], taint: taint[2] };
  }

  /** __show_regs(SHOW_REGS_SHORT) */
  shortRegisters(): { rip: string; flags: number } {
    const rip = this.maybe('RIP: %04x:%pS') ?? this.take('RIP: %04x:0x%lx');
    const code = this.next ?? '';
    if (/^Code:( [0-9a-f]{2}){42} <[0-9a-f]{2}>( [0-9a-f]{2}){21}$/.test(code)) this.#at++;
    else this.take(this.#format === '5.4' ? 'Code: Bad RIP value.' : 'Code: Unable to access opcode bytes at 0x%lx.');
    const line = this.maybe('RSP: %04x:%016lx EFLAGS: %08lx') ?? this.take('RSP: %04x:%016lx EFLAGS: %08lx ORIG_RAX: %016lx');
    for (const format of SHORT_REGISTERS) this.take(format);
    return { rip: rip.slice(rip.indexOf(':', 5) + 1), flags: Number.parseInt(/EFLAGS: (\w+)/.exec(line)?.[1] ?? '', 16) };
  }

  /** show_regs(): header, registers, and the trace unless it was user code. */
  registers(): Dump {
    const header = this.header();
    const isUser = /^RIP: 00[0-9a-f][37b]:/.test(this.next ?? '');
    const short = this.shortRegisters();
    if (isUser) {
      this.take('FS:  %016lx GS:  %016lx');
      return { ...header, ...short };
    }
    for (const format of ALL_REGISTERS) this.take(format);
    return { ...header, ...short, trace: this.trace() };
  }

  /** show_trace_log_lvl() */
  trace(): Trace {
    this.take('Call Trace:');
    const names: string[] = [];
    const open: string[] = [];
    for (;;) {
      const [, slash, stack] = /^ <(\/?)(IRQ|NMI|#DF|#MC|TASK)>$/.exec(this.next ?? '') ?? [];
      if (stack !== undefined) {
        if (slash ? open.pop() !== stack : open.length > 0) throw new Error(`${this.next} inside ${open}`);
        if (!slash) open.push(stack);
        names.push(`<${slash}${stack}>`);
        this.#at++;
        if (slash && stack === 'TASK') return { names };
        continue;
      }
      if (this.next?.startsWith('RIP:')) {
        this.shortRegisters();
        continue;
      }
      const line = this.maybe(' %pB') ?? this.maybe(' ? %pB');
      if (line === undefined) {
        if (this.#format === '5.4' && open.length === 0) return { names };
        throw new Error(`line ${this.#at + 1} is '${this.next}', inside a trace`);
      }
      if (!line.startsWith(' ?')) names.push(/^ ([\w.]+)/.exec(line)?.[1] ?? '');
    }
  }

  /** From the first line of a soft lockup's report to the end of its trace. */
  softLockup(): Dump & { stuck: number } {
    const line = this.find('watchdog: BUG: soft lockup - CPU#%d stuck for %us! [%s:%d]');
    this.take('Modules linked in: %s');
    return { ...this.registers(), stuck: Number(/for (\d+)s/.exec(line)?.[1]) };
  }

  /** The same of a hard lockup that the CPU's own NMI has found. */
  hardLockup(first = 'watchdog: Watchdog detected hard LOCKUP on cpu %d'): Dump {
    this.find(first);
    this.take('Modules linked in: %s');
    return this.registers();
  }

  /** nmi_trigger_cpumask_backtrace(): the request, and an answer for each of `count` CPUs. */
  backtraces(count: number): readonly (Dump | undefined)[] {
    this.take('Sending NMI from CPU %d to CPUs %*pbl:');
    return Array.from({ length: count }, () => {
      this.tookLong();
      if (this.maybe('NMI backtrace for cpu %d skipped: idling at %pS')) return undefined;
      this.take('NMI backtrace for cpu %d');
      return this.registers();
    });
  }

  tookLong(): boolean {
    return this.maybe('INFO: NMI handler (%ps) took too long to run: %lld.%03d msecs') !== undefined;
  }

  /** panic(), to its last line; the trace's names. */
  panic(message: string): Dump {
    this.take(`Kernel panic - not syncing: ${message}`);
    const header = this.header();
    return { ...header, trace: this.trace() };
  }
}
