// A CPU for tests of single meanings: flat segments, no paging, nothing outside but ports that remember. Instructions are decoded and
// executed one by one, without step(): what a test sees is the meaning alone, and a Fault is a value.

import type { Size } from '../../src/base/bits.ts';
import type { CpuWires } from '../../src/cpu/bus.ts';
import { Cpu } from '../../src/cpu/cpu.ts';
import type { CpuIdentity } from '../../src/cpu/identity/cpuid.ts';
import { Fault } from '../../src/cpu/events/fault.ts';
import { InsnCache } from '../../src/cpu/code/icache.ts';
import { Ram } from '../../src/cpu/memory/ram.ts';
import { CR0_PE, EFER_LMA, EFER_LME } from '../../src/cpu/identity/registers.ts';
import { SEMANTICS } from '../../src/cpu/semantics/index.ts';
import { STATE_BYTES } from '../../src/cpu/state.ts';
import { decode } from '../../src/isa/decode.ts';
import type { Insn } from '../../src/isa/insn.ts';
import { CS, type Mode } from '../../src/isa/operand.ts';

const SEGMENTS = 6;
/** Type and rights of a segment by mode; CS differs from the others in being code. */
const ATTRIBUTES = { 16: 0x0093, 32: 0xc093, 64: 0xc093 } as const;
const CODE_ATTRIBUTES = { 16: 0x009b, 32: 0xc09b, 64: 0xa09b } as const;
const LIMITS = { 16: 0xffff, 32: 0xffff_ffff, 64: 0xffff_ffff } as const;

/** A port access as a test expects it. */
export type PortAccess = readonly [kind: 'in' | 'out', port: number, size: Size, value: number];

export interface FlatCpu {
  readonly cpu: Cpu;
  /** Physical addresses, outside of RAM, of all writes so far. */
  readonly busWrites: number[];
  /** All port accesses so far; reads give the port's number. */
  readonly ports: PortAccess[];
}

/** A protected-mode CPU at CPL 0; in 64-bit mode too there is no paging, which no program could bring about. */
export function flatCpu(mode: Mode, ramBytes = 0x2_0000): FlatCpu {
  const memory = new ArrayBuffer(STATE_BYTES + ramBytes);
  const ram = new Ram(memory, STATE_BYTES, ramBytes);
  const ports: PortAccess[] = [];
  const busWrites: number[] = [];
  const identity: CpuIdentity = { cpus: 1, apicId: 0, hz: 1_000_000, pmu: false };
  const cpu = new Cpu({
    id: 0,
    memory,
    stateOffset: 0,
    ram,
    code: new InsnCache(ram),
    wires: wiresTo(ports, busWrites),
    identity,
  });
  cpu.cr0 = CR0_PE;
  cpu.rip = 0n;
  cpu.efer = mode === 64 ? EFER_LME | EFER_LMA : 0;
  for (let segment = 0; segment < SEGMENTS; segment++) {
    cpu.setSegment(segment, 8, 0n, LIMITS[mode], segment === CS ? CODE_ATTRIBUTES[mode] : ATTRIBUTES[mode]);
  }
  cpu.refresh();
  return { cpu, ports, busWrites };
}

const wiresTo = (ports: PortAccess[], busWrites: number[]): CpuWires => ({
  bus: {
    readMemory: (_physical, size) => BigInt.asUintN(size, -1n),
    writeMemory: (physical) => void busWrites.push(physical),
    readPort: (port, size) => {
      ports.push(['in', port, size, port]);
      return port;
    },
    writePort: (port, size, value) => void ports.push(['out', port, size, value]),
  },
  interrupts: { pendingVector: -1, acknowledge: () => 0, taskPriority: 0, init: () => {} },
  counters: { readCounter: () => undefined, privilegeChanging: () => {} },
  msrs: [],
  clock: { nextDue: Number.POSITIVE_INFINITY, runUntil: () => {} },
});

/** The instruction in `bytes`; it must be all of them. */
export function decoded(bytes: Uint8Array | readonly number[], mode: Mode): Insn {
  const insn = decode(Uint8Array.from(bytes), 0, mode);
  if (typeof insn === 'string') throw new Error(`These bytes are no instruction: ${insn}.`);
  if (insn.length !== bytes.length) throw new Error(`The instruction has ${insn.length} bytes, not ${bytes.length}.`);
  return insn;
}

const MOST_ITERATIONS = 1000;

/** Executes one instruction at RIP, all iterations of a string, and gives the Fault that it ended with. RIP stays, see `nextRip`. */
export function execute(cpu: Cpu, insn: Insn): Fault | undefined {
  try {
    for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
      cpu.nextRip = cpu.rip + BigInt(insn.length);
      cpu.repeating = false;
      SEMANTICS[insn.form.sem](cpu, insn);
      if (!cpu.repeating) return undefined;
    }
    throw new Error(`${insn.form.id} goes on for more than ${MOST_ITERATIONS} iterations.`);
  } catch (fault) {
    if (fault instanceof Fault) return fault;
    throw fault;
  }
}
