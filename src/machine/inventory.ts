// What the machine has, read off the tables that make it so: instructions, MSRs, CPUID leaves, devices.

import { type CpuIdentity, cpuid, CPUID_LEAVES, type Leaf } from '../cpu/identity/cpuid.ts';
import { CORE_MSRS } from '../cpu/identity/msr.ts';
import { ApicBus } from '../device/ipi.ts';
import { LAPIC_MSRS } from '../device/lapic-registers.ts';
import { PMU_MSRS } from '../device/pmu.ts';
import { allForms } from '../isa/forms.ts';
import { Timeline } from '../time/timeline.ts';
import { Board } from './board.ts';
import type { MachineConfig } from './config.ts';

export interface Inventory {
  /** Ids of the forms of each mnemonic. */
  readonly instructions: readonly { readonly mnemonic: string; readonly forms: readonly string[] }[];
  readonly msrs: readonly { readonly index: number; readonly name: string; readonly access: 'r' | 'w' | 'rw' }[];
  /** EAX, EBX, ECX, EDX as 64-bit code on the first CPU sees them. Subleaves as long as they say something. */
  readonly cpuid: readonly { readonly leaf: number; readonly subleaf: number; readonly registers: Leaf }[];
  /** First and last port; first and last physical address. */
  readonly devices: readonly {
    readonly name: string;
    readonly ports: readonly (readonly [number, number])[];
    readonly memory: readonly (readonly [number, number])[];
  }[];
}

/** Leaves with subleaves, and how many are worth showing. */
const SUBLEAVES: Readonly<Record<number, number>> = { 4: 3, 0xb: 2 };
const APIC_PAGE = [0xfee0_0000, 0xfee0_0fff] as const;

export const inventory = (config: MachineConfig): Inventory => ({
  instructions: instructions(),
  msrs: [...CORE_MSRS, ...LAPIC_MSRS, ...(config.pmu ? PMU_MSRS : [])].sort((a, b) => a.index - b.index),
  cpuid: leaves({ cpus: config.cpus, apicId: 0, hz: config.hz, pmu: config.pmu }),
  devices: devices(config),
});

const instructions = (): Inventory['instructions'] => {
  const forms = new Map<string, string[]>();
  for (const { mnemonic, id } of allForms()) {
    const known = forms.get(mnemonic);
    if (known) known.push(id);
    else forms.set(mnemonic, [id]);
  }
  return [...forms].map(([mnemonic, ids]) => ({ mnemonic, forms: ids })).sort((a, b) => (a.mnemonic < b.mnemonic ? -1 : 1));
};

const leaves = (identity: CpuIdentity): Inventory['cpuid'] =>
  CPUID_LEAVES.flatMap((leaf) =>
    Array.from({ length: SUBLEAVES[leaf] ?? 1 }, (_, subleaf) => ({
      leaf,
      subleaf,
      registers: cpuid(identity, leaf, subleaf, true).map((value) => value >>> 0) as unknown as Leaf,
    })),
  );

const devices = (config: MachineConfig): Inventory['devices'] => {
  const nothing = (): void => {};
  const board = new Board({
    config,
    now: () => 0,
    timeline: new Timeline(),
    apicBus: new ApicBus(),
    onConsoleByte: nothing,
    onConsoleLost: nothing,
    onDebugByte: nothing,
    exit: nothing,
    reset: nothing,
    onInterruptRequest: nothing,
  });
  const shared = board.devices.map(({ name, ports, memory }) => ({
    name,
    ports: ports.map(({ first, last }) => [first, last] as const),
    memory: memory.map(({ first, length }) => [first, first + length - 1] as const),
  }));
  return [{ name: 'local APIC of each CPU', ports: [], memory: [APIC_PAGE] }, ...shared];
};
