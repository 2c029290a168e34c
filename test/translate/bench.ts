// Two CPUs with the same program, one interpreted and one translated, each in a memory of its own, run side by side to the same times. A
// difference is told as the first instruction behind which it shows.

import type { CpuWires } from '../../src/cpu/bus.ts';
import { Cpu } from '../../src/cpu/cpu.ts';
import { InsnCache } from '../../src/cpu/code/icache.ts';
import { Ram } from '../../src/cpu/memory/ram.ts';
import { CR0_PE, EFER_LMA, EFER_LME } from '../../src/cpu/identity/registers.ts';
import { runUntil } from '../../src/cpu/step.ts';
import { decode } from '../../src/isa/decode.ts';
import { CS, type Mode } from '../../src/isa/operand.ts';
import { print } from '../../src/isa/print.ts';
import { MachineMemory } from '../../src/machine/memory.ts';
import { RegionTranslator } from '../../src/translate/engine.ts';

export const RAM_BYTES = 0x40_0000;
/** Attributes of code and data segments by mode; those of 16-bit code have 64 KiB from here on, the others are flat. */
const ATTRIBUTES = { 16: [0x009b, 0x0093], 32: [0xc09b, 0xc093], 64: [0xa09b, 0xc093] } as const;
export const BASE16 = 0x10_0000;

export interface Bench {
  readonly cpu: Cpu;
  readonly translator: RegionTranslator | undefined;
}

/** A CPU without paging. Outside of RAM reads give ones; there are no interrupts but one that may wait from the beginning. */
export function bench(mode: Mode, translated: boolean, regions?: number, pending = -1, hot = 1): Bench {
  const memory = new MachineMemory({ cpus: 1, ramBytes: RAM_BYTES });
  const ram = new Ram(memory.buffer, memory.ramOffset, RAM_BYTES, memory.marks);
  const code = new InsnCache(ram);
  const translator = translated ? new RegionTranslator({ ram, code, memory, hot, regions }) : undefined;
  const cpu = new Cpu({
    id: 0,
    memory: memory.buffer,
    stateOffset: memory.stateOffset(0),
    tlbOffset: memory.tlbOffset(0),
    ram,
    code,
    wires: { ...WIRES, interrupts: interruptOf(pending) },
    identity: { cpus: 1, apicId: 0, hz: 1_000_000, pmu: false },
    translator,
  });
  cpu.cr0 = CR0_PE;
  cpu.efer = mode === 64 ? EFER_LME | EFER_LMA : 0;
  for (let segment = 0; segment < 6; segment++) {
    const [base, limit] = mode === 16 ? [BigInt(BASE16), 0xffff] : [0n, 0xffff_ffff];
    cpu.setSegment(segment, 8, base, limit, ATTRIBUTES[mode][segment === CS ? 0 : 1]);
  }
  cpu.refresh();
  return { cpu, translator };
}

export const WIRES: CpuWires = {
  bus: {
    readMemory: (_physical, size) => BigInt.asUintN(size, -1n),
    writeMemory: () => {},
    readPort: () => 0,
    writePort: () => {},
  },
  interrupts: { pendingVector: -1, acknowledge: () => 0, taskPriority: 0, init: () => {} },
  counters: { readCounter: () => undefined, privilegeChanging: () => {} },
  msrs: [],
  clock: { nextDue: Number.POSITIVE_INFINITY, runUntil: () => {} },
};

const interruptOf = (pending: number): CpuWires['interrupts'] => ({
  ...WIRES.interrupts,
  pendingVector: pending,
  acknowledge(this: { pendingVector: number }) {
    this.pendingVector = -1;
    return pending;
  },
});

export interface Program {
  readonly mode: Mode;
  /** What to write where before it starts, and the registers. */
  readonly memory: readonly (readonly [address: number, bytes: Uint8Array])[];
  readonly gpr: readonly bigint[];
  readonly rip: number;
  readonly rflags: number;
  /** How many regions there may be. */
  readonly regions?: number;
  /** Vector of an interrupt that waits for IF. */
  readonly pending?: number;
  /** Changes anything else before the first instruction. */
  readonly prepare?: (cpu: Cpu) => void;
}

/** Ticks of all runs on the translating CPUs, and those of them in translated code. */
export const stats = { ticks: 0, translated: 0, regions: 0 };

const translators = new WeakMap<Cpu, RegionTranslator | undefined>();

const start = (program: Program, translated: boolean): Cpu => {
  const { cpu, translator } = bench(program.mode, translated, program.regions, program.pending);
  translators.set(cpu, translator);
  for (const [address, bytes] of program.memory) cpu.ram.write(address, bytes);
  cpu.gpr.set(program.gpr);
  cpu.rip = BigInt(program.rip);
  cpu.rflags = program.rflags;
  program.prepare?.(cpu);
  cpu.refresh();
  return cpu;
};

/** Runs the program to each of `times` on both engines: undefined, or what differs first. */
export function compare(program: Program, times: readonly number[]): string | undefined {
  const cpus = [start(program, false), start(program, true)] as const;
  for (const [index, time] of times.entries()) {
    for (const cpu of cpus) runUntil(cpu, time);
    if (difference(...cpus, time === times.at(-1)) !== undefined) return explain(program, times.slice(0, index), time);
  }
  const translator = translators.get(cpus[1])!;
  stats.ticks += cpus[1].time;
  stats.translated += translator.ticks;
  stats.regions += translator.compiled;
  return undefined;
}

/** The same up to the last good time, and from there as far as needed to see the difference. */
function explain(program: Program, before: readonly number[], bad: number): string {
  const from = before.at(-1) ?? 0;
  for (let time = from + 1; time <= bad; time++) {
    const [interpreted, translated] = [start(program, false), start(program, true)];
    for (const end of before) {
      runUntil(interpreted, end);
      runUntil(translated, end);
    }
    runUntil(interpreted, time - 1);
    const at = Number(interpreted.rip) + interpreted.codeBase;
    runUntil(interpreted, time);
    runUntil(translated, time);
    const found = difference(interpreted, translated, true);
    if (found === undefined) continue;
    const insn = decode(interpreted.ram.bytes.subarray(at, at + 15), 0, program.mode);
    const text = typeof insn === 'string' ? insn : print(insn, BigInt(at), () => undefined);
    return `t=${time} ${at.toString(16)}: ${text}: ${found}`;
  }
  return `only with a run from ${from} to ${bad} at once`;
}

function difference(interpreted: Cpu, translated: Cpu, withMemory: boolean): string | undefined {
  for (let register = 0; register < 16; register++) {
    const [a, b] = [interpreted.gpr[register], translated.gpr[register]];
    if (a !== b) return `register ${register} is ${b.toString(16)}, not ${a.toString(16)}`;
  }
  for (const name of ['rip', 'rflags', 'time', 'extraTicks', 'activity'] as const) {
    if (interpreted[name] !== translated[name]) return `${name} is ${translated[name].toString(16)}, not ${interpreted[name].toString(16)}`;
  }
  const where = firstDifference(interpreted.bytes, translated.bytes);
  if (where !== undefined) return `byte ${where} of the state differs`;
  const at = withMemory ? firstDifference(interpreted.ram.bytes, translated.ram.bytes) : undefined;
  return at === undefined ? undefined : `memory at ${at.toString(16)} is ${translated.ram.bytes[at]}, not ${interpreted.ram.bytes[at]}`;
}

function firstDifference(a: Uint8Array, b: Uint8Array): number | undefined {
  if (Buffer.from(a.buffer, a.byteOffset, a.length).equals(Buffer.from(b.buffer, b.byteOffset, b.length))) return undefined;
  return a.findIndex((byte, at) => byte !== b[at]);
}
