// A program in assembly → a CPU that runs it, with tables, stacks and an interrupt controller of the simplest kind around it, so that a
// test shows nothing but what it is about. Labels on_N of the program become the handlers of vector N.

import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { assemble } from '../../src/assembler/assemble.ts';
import { toFlat } from '../../src/assembler/output/object.ts';
import type { Bus, CpuEvent, InterruptController } from '../../src/cpu/bus.ts';
import { Cpu } from '../../src/cpu/cpu.ts';
import { InsnCache } from '../../src/cpu/code/icache.ts';
import { Ram } from '../../src/cpu/memory/ram.ts';
import { runUntil } from '../../src/cpu/step.ts';
import { RUNNING, SHUTDOWN, STATE_BYTES, TR } from '../../src/cpu/state.ts';
import { CS, DS, ES, FS, GS, type Mode, RSP, SS } from '../../src/isa/operand.ts';
import { Alarm, Timeline } from '../../src/time/timeline.ts';

/** Where things are; linear is physical, and with paging every page is the user's too. */
export const AT = {
  pml4: 0x1000, pdpt: 0x2000, pd: 0x3000, gdt: 0x5000, idt: 0x6000, tss: 0x7000, program: 0x8000,
  stack: 0x2_0000, userStack: 0x2_8000, stack0: 0x3_0000, ist1: 0x3_4000, ist2: 0x3_8000,
} as const;
const RAM_BYTES = 0x20_0000;
const MAPPED_BYTES = 0x40_0000;

/** Selectors in both tables; code and data of the user have RPL 3. */
export const SELECTOR = { code: 0x08, data: 0x10, code32: 0x18, userData: 0x23, userCode: 0x2b, tss: 0x30 } as const;
const ATTRIBUTES = { code64: 0xa09b, code32: 0xc09b, data: 0xc093, userCode64: 0xa0fb, userCode32: 0xc0fb, userData: 0xc0f3 } as const;

/**
 * Ports that programs drive the test with: a character for the log; requests of an interrupt (vector in AL) and of an NMI, both pending
 * when OUT retires; end of interrupt; an alarm that requests vector 32 after EAX ticks; the end of the run.
 */
export const PORT = { log: 0xe9, irq: 0xe0, nmi: 0xe1, eoi: 0xe2, alarm: 0xe4, exit: 0xf4 } as const;
export const ALARM_VECTOR = 32;

/** The same for the program, and macros to use them. They keep all registers but RAX. */
const PRELUDE = `
%define LOG 0xe9
%macro log 1
  push rax
  mov al, %1
  out LOG, al
  pop rax
%endmacro
%macro irq 1
  mov al, %1
  out 0xe0, al
%endmacro
%macro nmi 0
  out 0xe1, al
%endmacro
%macro eoi 0
  out 0xe2, al
%endmacro
%macro exit 0
  out 0xf4, al
%endmacro
`;

export interface Gate {
  readonly type?: 'interrupt' | 'trap' | 'task';
  readonly dpl?: number;
  readonly ist?: number;
  readonly present?: boolean;
  readonly selector?: number;
}

export interface RunOptions {
  readonly mode?: Mode;
  /** Ticks to run for at most. */
  readonly ticks?: number;
  /** Gates that are not plain interrupt gates of DPL 0. */
  readonly gates?: Readonly<Record<number, Gate>>;
  /** Protected mode is entered at this privilege. */
  readonly cpl?: 0 | 3;
  /** The bit IF at the start; off unless given. */
  readonly interrupts?: boolean;
  /** Changes anything before the first instruction. */
  readonly prepare?: (lab: Lab) => void;
  readonly pmu?: boolean;
}

/** Highest vector first, one class above what is in service, as a local APIC does (A2); nothing else of one. */
export class FakeApic implements InterruptController {
  readonly requested = new Set<number>();
  readonly inService: number[] = [];
  taskPriority = 0;
  onChange: () => void = () => {};

  get pendingVector(): number {
    const floor = Math.max(this.taskPriority, (this.inService.at(-1) ?? 0) >> 4);
    const highest = Math.max(-1, ...this.requested);
    return highest >> 4 > floor ? highest : -1;
  }

  request(vector: number): void {
    this.requested.add(vector);
    this.onChange();
  }

  acknowledge(): number {
    const vector = this.pendingVector;
    this.requested.delete(vector);
    this.inService.push(vector);
    return vector;
  }

  eoi(): void {
    this.inService.pop();
    this.onChange();
  }

  init(): void {}
}

export class Lab {
  readonly ram: Ram;
  readonly cpu: Cpu;
  readonly code: InsnCache<Cpu>;
  readonly apic = new FakeApic();
  readonly clock = new Timeline();
  readonly events: CpuEvent[] = [];
  readonly busWrites: { readonly physical: number; readonly size: number; readonly value: bigint }[] = [];
  readonly symbols: ReadonlyMap<string, bigint>;
  readonly #memory: ArrayBuffer;
  /** What the program has written to the log. */
  log = '';

  constructor(program: string, options: RunOptions = {}) {
    const { mode = 64, gates = {}, cpl = 0 } = options;
    this.#memory = new ArrayBuffer(2 * STATE_BYTES + RAM_BYTES);
    this.ram = new Ram(this.#memory, 2 * STATE_BYTES, RAM_BYTES);
    this.code = new InsnCache<Cpu>(this.ram);
    const { bytes, symbols } = assembleAt(AT.program, program, mode);
    this.symbols = symbols;
    this.ram.write(AT.program, bytes);
    this.cpu = this.makeCpu(0, options.pmu ?? false);
    this.clock.onSooner = (due) => this.cpu.shorten(due);
    this.apic.onChange = () => this.cpu.interruptChanged();
    if (mode === 16) enterRealMode(this);
    else enterProtectedMode(this, mode, cpl, gates);
    if (options.interrupts) this.cpu.setRflags(this.cpu.rflags | 0x200);
    this.cpu.refresh();
    options.prepare?.(this);
  }

  /** A CPU on the same RAM; numbers other than 0 wait for a start-up IPI. */
  makeCpu(id: number, pmu = false): Cpu {
    return new Cpu({
      id,
      memory: this.#memory,
      stateOffset: id * STATE_BYTES,
      ram: this.ram,
      code: this.code,
      identity: { cpus: 2, apicId: id, hz: 1_000_000, pmu },
      wires: {
        bus: this.#bus(),
        interrupts: id === 0 ? this.apic : new FakeApic(),
        counters: { readCounter: (index) => (pmu && index < 4 ? 5n : undefined), privilegeChanging: () => {} },
        msrs: [],
        clock: id === 0 ? this.clock : new Timeline(),
        observe: (event) => void this.events.push(event),
      },
    });
  }

  /** Address of a label. */
  at(name: string): bigint {
    const value = this.symbols.get(name);
    if (value === undefined) throw new Error(`The program has no label ${name}.`);
    return value;
  }

  /** Runs for at most `ticks` more. */
  run(ticks: number): this {
    runUntil(this.cpu, this.cpu.time + ticks);
    return this;
  }

  get isShutDown(): boolean {
    return this.cpu.activity === SHUTDOWN;
  }

  /** Vectors of the exceptions that have been raised, double faults included. */
  get exceptions(): number[] {
    return this.events.flatMap((event) => (event.kind === 'exception' ? [event.vector] : []));
  }

  reg(index: number): bigint {
    return this.cpu.gpr[index];
  }

  /** 64 bits of RAM. */
  word(physical: number | bigint): bigint {
    return this.ram.view.getBigUint64(Number(physical), true);
  }

  setWord(physical: number | bigint, value: bigint): void {
    this.ram.view.setBigUint64(Number(physical), BigInt.asUintN(64, value), true);
  }

  /** `count` quadwords from the top of a stack on. */
  frame(physical: number | bigint, count: number): bigint[] {
    return Array.from({ length: count }, (_, index) => this.word(Number(physical) + 8 * index));
  }

  #bus(): Bus {
    return {
      readMemory: (_physical, size) => BigInt.asUintN(size, -1n),
      writeMemory: (physical, size, value) => void this.busWrites.push({ physical, size, value }),
      readPort: (_port, size) => 2 ** size - 1,
      writePort: (port, _size, value) => this.#out(port, value),
    };
  }

  #out(port: number, value: number): void {
    switch (port) {
      case PORT.log:
        this.log += String.fromCharCode(value);
        break;
      case PORT.irq:
        this.apic.request(value);
        break;
      case PORT.nmi:
        this.cpu.raiseNmi();
        break;
      case PORT.eoi:
        this.apic.eoi();
        break;
      case PORT.alarm:
        this.clock.set(alarm(() => this.apic.request(ALARM_VECTOR)), this.cpu.time + value);
        break;
      case PORT.exit:
        this.cpu.endRun(this.cpu.time);
    }
  }
}

/** For the CPU's own clock. */
export const alarm = (fire: () => void): Alarm => new Alarm('test', fire);

/** Runs a program until it exits or its ticks are over. */
export const run = (program: string, options: RunOptions = {}): Lab => new Lab(program, options).run(options.ticks ?? 10_000);

/** Assembles for an address. The prelude comes after, so that line numbers of messages are the program's, unless it needs macros. */
export function assembleAt(origin: number, program: string, mode: Mode): { bytes: Uint8Array; symbols: Map<string, bigint> } {
  const text = `%line 0 prelude\n${mode === 64 ? PRELUDE : PRELUDE.replaceAll('rax', 'eax')}%line 1 test.asm\nbits ${mode}\ndefault rel\norg ${origin}\n${program}\n`;
  const { object, diagnostics } = assemble('test.asm', {
    read: (path) => (path === 'test.asm' ? { path, text } : undefined),
    readBytes: () => undefined,
  });
  if (object === undefined) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return { bytes: toFlat(object), symbols: new Map(object.symbols.map(({ name, value }) => [name, value])) };
}

function enterRealMode({ cpu, ram, symbols }: Lab): void {
  cpu.setRealSegment(CS, 0);
  cpu.rip = BigInt(AT.program);
  cpu.gpr[RSP] = 0x7000n;
  for (const [vector, address] of handlers(symbols)) ram.view.setUint32(vector * 4, Number(address), true);
}

function enterProtectedMode(lab: Lab, mode: 32 | 64, cpl: 0 | 3, gates: Readonly<Record<number, Gate>>): void {
  const { cpu } = lab;
  writeGdt(lab, mode);
  writeTss(lab, mode);
  for (const [vector, address] of handlers(lab.symbols)) writeGate(lab, mode, vector, address, gates[vector] ?? {});
  for (const [vector, gate] of Object.entries(gates)) {
    if (!lab.symbols.has(`on_${vector}`)) writeGate(lab, mode, Number(vector), 0n, gate);
  }
  cpu.cr0 = mode === 64 ? 0x8001_0031 : 0x31;
  if (mode === 64) {
    lab.setWord(AT.pml4, BigInt(AT.pdpt | 7));
    lab.setWord(AT.pdpt, BigInt(AT.pd | 7));
    for (let at = 0; at < MAPPED_BYTES; at += 0x20_0000) lab.setWord(AT.pd + at / 0x4_0000, BigInt(at | 0x87));
    cpu.cr3 = BigInt(AT.pml4);
    cpu.cr4 = 0x20;
    cpu.efer = 0xd01;
  }
  const [code, data] = cpl === 3 ? [SELECTOR.userCode, SELECTOR.userData] : [SELECTOR.code, SELECTOR.data];
  const codeAttributes = mode === 64 ? ATTRIBUTES.code64 : ATTRIBUTES.code32;
  cpu.setSegment(CS, code, 0n, 0xffff_ffff, codeAttributes | (cpl << 5));
  for (const segment of [ES, SS, DS, FS, GS]) cpu.setSegment(segment, data, 0n, 0xffff_ffff, ATTRIBUTES.data | (cpl << 5));
  cpu.cpl = cpl;
  cpu.gpr[RSP] = BigInt(cpl === 3 ? AT.userStack : AT.stack);
  cpu.rip = BigInt(AT.program);
  cpu.activity = RUNNING;
}

/** Labels on_0 to on_255. */
const handlers = (symbols: ReadonlyMap<string, bigint>): [number, bigint][] =>
  [...symbols].flatMap(([name, address]) => {
    const vector = /^on_(\d+)$/.exec(name)?.[1];
    return vector === undefined ? [] : [[Number(vector), address] as [number, bigint]];
  });

/** A descriptor with a limit of all ones or of `limit` bytes. */
export const descriptor = (attributes: number, base = 0, limit = 0xf_ffff): bigint =>
  BigInt(limit & 0xffff) |
  (BigInt(base & 0xff_ffff) << 16n) |
  (BigInt(attributes & 0xff) << 40n) |
  (BigInt(((limit >> 16) & 0xf) | ((attributes >> 8) & 0xf0)) << 48n) |
  (BigInt(base >>> 24) << 56n);

function writeGdt(lab: Lab, mode: 32 | 64): void {
  const is64 = mode === 64;
  const entries = [
    0n,
    descriptor(is64 ? ATTRIBUTES.code64 : ATTRIBUTES.code32),
    descriptor(ATTRIBUTES.data),
    descriptor(ATTRIBUTES.code32),
    descriptor(ATTRIBUTES.userData),
    descriptor(is64 ? ATTRIBUTES.userCode64 : ATTRIBUTES.userCode32),
    descriptor(0x89, AT.tss, 0x67),
    0n,
  ];
  entries.forEach((entry, index) => lab.setWord(AT.gdt + 8 * index, entry));
  lab.cpu.gdtrBase = BigInt(AT.gdt);
  lab.cpu.gdtrLimit = 8 * entries.length - 1;
  lab.cpu.idtrBase = BigInt(AT.idt);
  lab.cpu.idtrLimit = 0xfff;
}

function writeTss(lab: Lab, mode: 32 | 64): void {
  const { view } = lab.ram;
  if (mode === 64) {
    lab.setWord(AT.tss + 4, BigInt(AT.stack0));
    lab.setWord(AT.tss + 0x24, BigInt(AT.ist1));
    lab.setWord(AT.tss + 0x2c, BigInt(AT.ist2));
  } else {
    view.setUint32(AT.tss + 4, AT.stack0, true);
    view.setUint32(AT.tss + 8, SELECTOR.data, true);
  }
  // The bitmap lies beyond the limit: no port is the user's.
  view.setUint16(AT.tss + 0x66, 0x68, true);
  lab.cpu.setSegment(TR, SELECTOR.tss, BigInt(AT.tss), 0x67, 0x8b);
}

const GATE_TYPES = { interrupt: 14, trap: 15, task: 5 } as const;

function writeGate(lab: Lab, mode: 32 | 64, vector: number, address: bigint, gate: Gate): void {
  const { type = 'interrupt', dpl = 0, ist = 0, present = true, selector = SELECTOR.code } = gate;
  const attributes = BigInt(GATE_TYPES[type] | (dpl << 5) | (present ? 0x80 : 0));
  const low =
    (address & 0xffffn) | (BigInt(selector) << 16n) | (BigInt(ist) << 32n) | (attributes << 40n) | (((address >> 16n) & 0xffffn) << 48n);
  const at = AT.idt + vector * (mode === 64 ? 16 : 8);
  lab.setWord(at, low);
  if (mode === 64) lab.setWord(at + 8, address >> 32n);
}
