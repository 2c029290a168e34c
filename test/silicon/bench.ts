// A recorded state → what a CPU of ours makes of the instruction, by the whole way from fetch to delivery: a user's program in 64-bit or in
// compatibility mode with three pages mapped, as the recorder's, on either engine.

import type { CpuWires } from '../../src/cpu/bus.ts';
import { Cpu } from '../../src/cpu/cpu.ts';
import { InsnCache } from '../../src/cpu/code/icache.ts';
import { Ram } from '../../src/cpu/memory/ram.ts';
import { CR0_PE, CR0_PG, CR0_WP, CR4_PAE, EFER_LMA, EFER_LME, EFER_NXE } from '../../src/cpu/identity/registers.ts';
import { RUNNING, TR } from '../../src/cpu/state.ts';
import { runUntil } from '../../src/cpu/step.ts';
import { CS } from '../../src/isa/operand.ts';
import type { Engine } from '../../src/machine/config.ts';
import { MachineMemory } from '../../src/machine/memory.ts';
import { RegionTranslator } from '../../src/translate/engine.ts';
import { CODE, DATA, DATA_BOTTOM, DATA_END, type State, WINDOW } from './inputs.ts';
import { type After, outcomeText, type Recorded } from './outcome.ts';

const RAM_BYTES = 0x40_0000;
const TABLES = 0x30_0000;
const CODE_ATTRIBUTES = { 32: 0xc0fb, 64: 0xa0fb } as const;
const DATA_ATTRIBUTES = 0xc0f3;
const FLAGS = 0xcd5;
/** IF and bit 1, as any program finds them: PUSHF shows them. */
const OTHER_FLAGS = 0x202;
const INT3 = 0xcc;
const PAGE = 0x1000;

export class Bench {
  readonly #cpu: Cpu;
  readonly #translator: RegionTranslator | undefined;
  #fault: After['fault'];

  constructor(bits: 32 | 64, engine: Engine, fastForward = false) {
    const memory = new MachineMemory({ cpus: 1, ramBytes: RAM_BYTES });
    const ram = new Ram(memory.buffer, memory.ramOffset, RAM_BYTES, memory.marks);
    const code = new InsnCache(ram);
    this.#translator = engine === 'translate' ? new RegionTranslator({ ram, code, memory, hot: 1 }) : undefined;
    const wires: CpuWires = {
      ...WIRES,
      observe: (event) => {
        if (event.kind === 'exception') this.#fault ??= { vector: event.vector, error: event.error ?? 0, address: event.address };
      },
    };
    const identity = { cpus: 1, apicId: 0, hz: 1_000_000, pmu: false };
    const places = { stateOffset: memory.stateOffset(0), tlbOffset: memory.tlbOffset(0) };
    this.#cpu = new Cpu({ id: 0, memory: memory.buffer, ...places, ram, code, wires, identity, fastForward, translator: this.#translator });
    mapPages(ram.view);
    this.#enterProgram(bits);
  }

  /** Instructions so far that translated code has executed. */
  get translated(): number {
    return this.#translator?.ticks ?? 0;
  }

  /** All of the CPU's registers. */
  get state(): Uint8Array {
    return this.#cpu.bytes;
  }

  /** Makes the instruction the only code there is. */
  load({ code }: Recorded): void {
    const page = new Uint8Array(PAGE).fill(INT3);
    page.set(code);
    this.#translator?.clear(); // else it would take the page for one that is written again and again, and wait
    this.#cpu.ram.write(Number(CODE), page);
  }

  /** What becomes of `before` when the loaded instruction, of `length` bytes, is executed. */
  execute(length: number, before: State): string {
    const cpu = this.#cpu;
    cpu.gpr.set(before.gpr);
    cpu.rflags = OTHER_FLAGS | before.flags;
    cpu.rip = CODE;
    cpu.activity = RUNNING;
    cpu.attention = false;
    const pages = cpu.ram.bytes.subarray(Number(DATA_BOTTOM), Number(DATA_END)).fill(0);
    const window = pages.subarray(Number(DATA - DATA_BOTTOM)).subarray(0, WINDOW);
    window.set(before.data);
    // The pages are in the TLB, so that the first attempt is the translator's.
    for (const page of [DATA_BOTTOM, DATA]) {
      cpu.mmu.probeWrite(page, 8, 3);
      cpu.mmu.read(page, 8, 3);
    }
    this.#fault = undefined;
    do runUntil(cpu, cpu.time + 1);
    while (cpu.repeating && this.#fault === undefined);
    return outcomeText(length, before, { gpr: cpu.gpr, flags: cpu.rflags & FLAGS, data: window, rip: cpu.rip - CODE, fault: this.#fault });
  }

  #enterProgram(bits: 32 | 64): void {
    const cpu = this.#cpu;
    cpu.cr0 = (CR0_PE | CR0_PG | CR0_WP) >>> 0;
    cpu.cr3 = BigInt(TABLES);
    cpu.cr4 = CR4_PAE;
    cpu.efer = EFER_LME | EFER_LMA | EFER_NXE;
    for (let segment = 0; segment < 6; segment++) {
      cpu.setSegment(segment, 0x2b, 0n, 0xffff_ffff, segment === CS ? CODE_ATTRIBUTES[bits] : DATA_ATTRIBUTES);
    }
    cpu.setCpl(3);
    cpu.segLimit[TR] = 0; // no port is the program's
    cpu.gdtrLimit = 0;
    cpu.idtrLimit = 0; // every fault ends in a shutdown, which the next state ends
    cpu.refresh();
  }
}

const WIRES: Omit<CpuWires, 'observe'> = {
  bus: { readMemory: () => 0n, writeMemory: () => {}, readPort: () => 0, writePort: () => {} },
  interrupts: { pendingVector: -1, acknowledge: () => 0, taskPriority: 0, init: () => {} },
  counters: { readCounter: () => undefined, privilegeChanging: () => {} },
  msrs: [],
  clock: { nextDue: Infinity, runUntil: () => {} },
};

/** The code's page and the two of data, for the user, to themselves. */
function mapPages(view: DataView): void {
  const put = (at: number, value: number): void => view.setBigUint64(at, BigInt(value), true);
  put(TABLES, TABLES + PAGE + 7);
  put(TABLES + PAGE, TABLES + 2 * PAGE + 7);
  put(TABLES + 2 * PAGE, TABLES + 3 * PAGE + 7);
  put(TABLES + 2 * PAGE + 8, TABLES + 4 * PAGE + 7);
  for (const page of [CODE, DATA_BOTTOM, DATA]) put(TABLES + 3 * PAGE + Number(page / 0x1000n) * 8, Number(page) + 7);
}
