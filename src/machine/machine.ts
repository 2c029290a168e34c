// A configuration and an image → a run: the machine is built, loaded, and made to take turns until something ends it. Everything that
// can influence a run is in those two; what comes out is the journal, the outcome, and the state for whoever asks.

import type { CpuEvent } from '../cpu/bus.ts';
import type { Cpu } from '../cpu/cpu.ts';
import { InsnCache } from '../cpu/code/icache.ts';
import { IS_MONITORED, Ram } from '../cpu/memory/ram.ts';
import { SHUTDOWN } from '../cpu/state.ts';
import { runUntil } from '../cpu/step.ts';
import { ApicBus } from '../device/ipi.ts';
import { linesOf, LineTable, SymbolTable, symbolsOf } from '../formats/symbols.ts';
import { type FormatError, isFormatError } from '../formats/format-error.ts';
import { Timeline } from '../time/timeline.ts';
import { RegionTranslator } from '../translate/engine.ts';
import { canTranslate } from '../translate/host.ts';
import { Board } from './board.ts';
import { loadBootSector, setBootSectorState } from './boot-sector.ts';
import { digest, type MachineConfig } from './config.ts';
import { type CpuState, cpuState, describeCpu, summarizeCpu } from './describe.ts';
import { ExceptionLog } from './exceptions.ts';
import { readImage } from './image.ts';
import { Journal, LineAssembler, type Observation } from './journal.ts';
import { loadImage } from './load.ts';
import { MachineMemory } from './memory.ts';
import { Processor } from './processor.ts';
import { setStartState } from './start.ts';
import { type Part, part, restoreSnapshot, SNAPSHOT_VERSION, type Snapshot, takeSnapshot } from './snapshot.ts';
import { hashState } from './state-hash.ts';
import { traceCpu } from './trace.ts';
import { turnEnds } from './turn-ends.ts';
import { Turns } from './turns.ts';

/** Why a call of `run` returned. Only after `until` can the run go on. */
export type Outcome =
  | { readonly kind: 'until' }
  /** The guest wrote the debug-exit port; `code` is what a process would exit with. */
  | { readonly kind: 'exit'; readonly code: number }
  /** Every CPU sleeps, and nothing can ever wake one. */
  | { readonly kind: 'stuck' }
  | { readonly kind: 'triple-fault'; readonly cpu: number }
  /** The guest reset the machine, through the port named. */
  | { readonly kind: 'reset'; readonly by: string };

type Ending = Exclude<Outcome, { kind: 'until' }>;

/** What makes no difference to any run, and to which tests want to give values that nobody needs. */
export interface MachineOptions {
  /** How often an instruction must have been the target of a branch to be translated. */
  readonly hot?: number;
}

export class Machine {
  readonly config: MachineConfig;
  readonly journal = new Journal();
  /** Called for every byte that the guest writes to its serial port, at once. */
  onConsoleByte: (byte: number) => void = () => {};
  /** Bytes that the guest wrote to its serial port while the transmitter was full, and that nobody got; since this machine was made. */
  lostBytes = 0;
  /** Symbols and lines of the image; empty for one that has none. */
  symbols = new SymbolTable([]);
  lines = new LineTable([]);
  /** Names the run: configuration and image. */
  digest = '';

  readonly #memory: MachineMemory;
  readonly #ram: Ram;
  readonly #processors: readonly Processor[];
  readonly #cpus: readonly Cpu[];
  readonly #exceptions: readonly ExceptionLog[];
  readonly #apicBus = new ApicBus();
  readonly #timeline = new Timeline();
  readonly #board: Board;
  readonly #turns: Turns;
  readonly #serialLines = new LineAssembler((time, cpu, text) => this.journal.add({ time, cpu, kind: 'console', text }));
  readonly #debugLines = new LineAssembler((time, cpu, text) => this.journal.add({ time, cpu, kind: 'debug', text }));
  readonly #code: InsnCache<Cpu>;
  readonly #translator: RegionTranslator | undefined;
  /** All that has a state of its own. */
  readonly #parts: readonly Part[];
  #ended: { readonly outcome: Ending; readonly at: number } | undefined;

  /** `config` as completed by `completeConfig`. */
  constructor(config: MachineConfig, { hot }: MachineOptions = {}) {
    this.config = config;
    const memory = new MachineMemory(config);
    const ram = new Ram(memory.buffer, memory.ramOffset, config.ramBytes, memory.marks);
    const code = new InsnCache<Cpu>(ram);
    this.#code = code;
    this.#translator =
      config.engine === 'translate' && canTranslate()
        ? new RegionTranslator({ ram, code, memory, hot })
        : undefined;
    this.#memory = memory;
    this.#ram = ram;
    this.#board = new Board({
      config,
      now: () => this.now,
      timeline: this.#timeline,
      apicBus: this.#apicBus,
      onConsoleByte: (byte) => this.#consoleByte(byte),
      onConsoleLost: () => this.lostBytes++,
      onDebugByte: (byte) => this.#debugLines.add(byte, this.now, this.#currentId),
      exit: (code) => this.#end({ kind: 'exit', code }),
      reset: (by) => this.#end({ kind: 'reset', by }),
      onInterruptRequest: () => this.#interruptRequestChanged(),
    });
    this.#processors = Array.from(
      { length: config.cpus },
      (_, id) =>
        new Processor(id, {
          config,
          memory: memory.buffer,
          stateOffset: memory.stateOffset(id),
          tlbOffset: memory.tlbOffset(id),
          translator: this.#translator,
          ram,
          code,
          bus: this.#board.bus,
          apicBus: this.#apicBus,
          eoi: (vector) => this.#board.endOfInterrupt(vector),
          acknowledgeExternal: () => this.#board.acknowledgeInterrupt(),
          observe: (cpu, event) => this.#observe(cpu, event),
        }),
    );
    this.#cpus = this.#processors.map(({ cpu }) => cpu);
    this.#exceptions = this.#cpus.map(() => new ExceptionLog());
    this.#turns = new Turns({
      cpus: this.#cpus,
      clocks: this.#processors.map(({ clock }) => clock),
      timeline: this.#timeline,
      run: runUntil,
      ends: turnEnds(config.turn, config.seed),
      fastForward: config.fastForward,
      deliver: () => {
        this.#passInterruptRequest();
        this.#apicBus.flush();
      },
      disturb: () => this.#deviceChanged(),
    });
    this.#board.bus.onChange = () => this.#deviceChanged();
    this.#apicBus.onDeviceMessage = () => this.#turns.endTurn();
    this.#apicBus.onCpuMessage = () => this.#turns.endOnGrid();
    this.#parts = [
      ...this.#processors.flatMap(({ parts }) => parts),
      part('apic bus', this.#apicBus),
      ...this.#board.devices,
      this.#turns,
      {
        name: 'end',
        save: () => this.#ended ?? null,
        load: (ended: { outcome: Ending; at: number } | null) => {
          this.#ended = ended ?? undefined;
        },
      },
    ];
  }

  get cpus(): readonly Cpu[] {
    return this.#cpus;
  }

  get ram(): Uint8Array {
    return this.#ram.bytes;
  }

  /** Ticks since power-on: of the CPU whose turn it is, else of all; after the end of the run, of its end. */
  get now(): number {
    return this.#ended?.at ?? this.#turns.current?.time ?? this.#turns.now;
  }

  /** Puts `image` into RAM and the first CPU at its entry; to be called once, before the first run. */
  load(image: Uint8Array): FormatError | undefined {
    this.digest = digest(this.config, image);
    this.#processors[0].lapic.enterVirtualWireMode();
    return this.config.bootSector ? this.#loadBootSector(image) : this.#loadKernel(image);
  }

  #loadBootSector(image: Uint8Array): FormatError | undefined {
    const error = loadBootSector(this.#ram.bytes, image);
    if (error) return error;
    this.#board.placeTables(this.#ram.bytes, image);
    setBootSectorState(this.#cpus[0]);
    this.#board.startClock();
    this.#cpus[0].refresh();
    return undefined;
  }

  #loadKernel(image: Uint8Array): FormatError | undefined {
    const boot = readImage(image, this.config.ramBytes);
    if (isFormatError(boot)) return boot;
    this.#board.placeTables(this.#ram.bytes, image);
    const place = loadImage(this.#ram.bytes, boot, this.config);
    if (isFormatError(place)) return place;
    setStartState(this.#cpus[0], place);
    this.#cpus[0].refresh();
    if (boot.elf) {
      this.symbols = symbolsOf(boot.elf);
      const lines = linesOf(boot.elf);
      if (!isFormatError(lines)) this.lines = lines; // a kernel boots whatever its debug information is like
    }
    return undefined;
  }

  /**
   * Runs until time is at least `until` (by less than a turn) or the run ends. A run made in slices, however they lie, is the same run.
   */
  run(until: number): Outcome {
    const why = this.#turns.run(until);
    if (why === 'until') return { kind: 'until' };
    if (why === 'stuck') this.#end({ kind: 'stuck' });
    return this.#ended!.outcome;
  }

  /** From here on `onLine` gets a line for each instruction that retires: slow, but otherwise the same run. */
  trace(onLine: (line: string) => void): void {
    for (const cpu of this.#cpus) traceCpu(cpu, this.symbols, onLine);
  }

  /** 16 hexadecimal digits for registers, RAM and devices as they are between two runs. */
  stateHash(): string {
    return hashState(this.#memory, this.#cpus.length, this.#parts);
  }

  /** Everything that the rest of the run depends on, between two runs; the journal is not in it. */
  save(): Snapshot {
    return takeSnapshot(this.digest, this.#memory, this.#cpus.length, this.#parts);
  }

  /** Goes on from a snapshot of a machine with the same configuration, loaded with the same image as this one. */
  restore(snapshot: Snapshot): void {
    if (snapshot.version !== SNAPSHOT_VERSION) throw new Error(`This snapshot has version ${snapshot.version}, not ${SNAPSHOT_VERSION}.`);
    if (snapshot.digest !== this.digest) throw new Error(`This snapshot is of run ${snapshot.digest}, not ${this.digest}.`);
    restoreSnapshot(snapshot, this.#memory, this.#cpus.length, this.#parts);
    this.#code.clear();
    this.#translator?.clear();
    for (const cpu of this.#cpus) {
      cpu.refresh();
      if (cpu.monitored >= 0) this.#ram.mark(cpu.monitored, IS_MONITORED);
    }
  }

  /** Everything about one CPU in several lines. */
  describeCpu(id: number): string {
    return [describeCpu(this.#cpus[id], this.symbols), ...this.#exceptions[id].describe(this.symbols)].join('\n  ');
  }

  /** The same in one line: what it does, where, and of one that has shut down why. */
  summarizeCpu(id: number): string {
    const cpu = this.#cpus[id];
    const last = cpu.activity === SHUTDOWN ? this.#exceptions[id].last(this.symbols) : undefined;
    return `${summarizeCpu(cpu, this.symbols)}${last === undefined ? '' : `; last exception ${last}`}`;
  }

  /** The same for a program: plain values, registers as hexadecimal text. */
  cpuState(id: number): CpuState {
    return cpuState(this.#cpus[id], this.symbols);
  }

  /** Of the 8259As. The first CPU sees at once what it has done itself, all else between turns. */
  #interruptRequestChanged(): void {
    const { current } = this.#turns;
    if (current === undefined || current.id === 0) this.#passInterruptRequest();
    else this.#turns.endTurn();
  }

  #passInterruptRequest(): void {
    this.#processors[0].lapic.lint0 = this.#board.interruptRequest;
  }

  #deviceChanged(): void {
    for (const { spin } of this.#cpus) spin?.deviceChanged();
  }

  get #currentId(): number {
    return this.#turns.current?.id ?? 0;
  }

  #consoleByte(byte: number): void {
    this.#serialLines.add(byte, this.now, this.#currentId);
    this.onConsoleByte(byte);
  }

  #observe(cpu: Cpu, event: CpuEvent): void {
    if (event.kind !== 'exception') this.#turns.endOnGrid();
    switch (event.kind) {
      case 'exception':
        this.#exceptions[cpu.id].add(cpu, event);
        break;
      case 'init':
      case 'start-up':
        this.journal.add({ time: cpu.time, cpu: cpu.id, kind: event.kind });
        break;
      case 'shutdown':
        this.#end({ kind: 'triple-fault', cpu: cpu.id });
        break;
    }
  }

  /** The first end counts; it is in the journal like everything else that happened. */
  #end(outcome: Ending): void {
    if (this.#ended) return;
    this.#ended = { outcome, at: this.now };
    this.#turns.stop();
    this.#serialLines.finish();
    this.#debugLines.finish();
    const observation: Observation = outcome.kind === 'triple-fault' ? { kind: 'triple-fault' } : outcome;
    this.journal.add({ time: this.now, cpu: this.#currentId, ...observation });
  }
}
