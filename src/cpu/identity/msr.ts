// Model-specific registers of the core as a table; those of the local APIC and the counters answer through the wires. Whatever
// nobody knows, and every value that a register cannot hold, is #GP(0) (SDM vol. 4; vol. 2, RDMSR, WRMSR).

import { FS, GS } from '../../isa/operand.ts';
import { isCanonical } from '../memory/canonical.ts';
import { writeEfer } from './control.ts';
import type { Cpu } from '../cpu.ts';
import { DEBUGCTL_BTF } from '../events/debug.ts';
import { Fault, GP } from '../events/fault.ts';
import { MISC_LIMIT_CPUID, MISC_XD_DISABLE } from './registers.ts';

/** `name` is the manual's. `write` says whether the value was taken; a register without it is read-only. */
interface Msr {
  readonly name: string;
  readonly read: (cpu: Cpu) => bigint;
  readonly write?: (cpu: Cpu, value: bigint) => boolean;
}

type WideField =
  | 'star' | 'lstar' | 'cstar' | 'kernelGsBase' | 'sysenterEsp' | 'sysenterEip'
  | 'pat' | 'miscEnable' | 'mtrrDefType' | 'biosSignId';
type NarrowField = 'fmask' | 'sysenterCs' | 'tscAux';

const anything = (): boolean => true;
/** UC, WC, WT, WP, WB, UC- in each byte (SDM vol. 3, table 11-10). */
const isPat = (value: bigint): boolean =>
  [0n, 8n, 16n, 24n, 32n, 40n, 48n, 56n].every((shift) => [0n, 1n, 4n, 5n, 6n, 7n].includes((value >> shift) & 0xffn));

/** A field of the state that takes the values which pass the test. */
const wide = (name: string, field: WideField, accepts: (value: bigint) => boolean): Msr => ({
  name,
  read: (cpu) => cpu[field],
  write: (cpu, value) => {
    if (!accepts(value)) return false;
    cpu[field] = value;
    return true;
  },
});

const narrow = (name: string, field: NarrowField): Msr => ({
  name,
  read: (cpu) => BigInt(cpu[field]),
  write: (cpu, value) => {
    if (value >> 32n) return false;
    cpu[field] = Number(value);
    return true;
  },
});

const segmentBase = (name: string, segment: number): Msr => ({
  name,
  read: (cpu) => cpu.segBase[segment],
  write: (cpu, value) => {
    if (!isCanonical(value)) return false;
    cpu.segBase[segment] = value;
    return true;
  },
});

const moveTsc = (cpu: Cpu, adjust: bigint): boolean => {
  cpu.tscAdjust = adjust;
  cpu.wires.tscChanged?.();
  return true;
};

/** IA32_MISC_ENABLE (SDM vol. 4, table 2-2): fast strings, which change nothing, and two that CPUID shows. */
const MISC_WRITABLE = 1n | MISC_LIMIT_CPUID | MISC_XD_DISABLE;
const MISC_PERFORMANCE_MONITORING = 1n << 7n;
/** Branch trace storage and event-based sampling are unavailable. */
const MISC_UNAVAILABLE = (1n << 11n) | (1n << 12n);
const MISC_READ_ONLY = MISC_PERFORMANCE_MONITORING | MISC_UNAVAILABLE;
const MISC_MONITOR = 1n << 18n;
const miscFixed = (cpu: Cpu): bigint => MISC_MONITOR | MISC_UNAVAILABLE | (cpu.identity.pmu ? MISC_PERFORMANCE_MONITORING : 0n);

const CORE: Readonly<Record<number, Msr>> = {
  // A write moves IA32_TSC_ADJUST by as much (SDM vol. 3, 17.17.3).
  0x10: {
    name: 'IA32_TIME_STAMP_COUNTER',
    read: (cpu) => cpu.tsc,
    write: (cpu, value) => moveTsc(cpu, cpu.tscAdjust + value - cpu.tsc),
  },
  0x17: { name: 'IA32_PLATFORM_ID', read: () => 0n },
  0x3b: { name: 'IA32_TSC_ADJUST', read: (cpu) => cpu.tscAdjust, write: moveTsc },
  // No microcode update is loaded.
  0x8b: wide('IA32_BIOS_SIGN_ID', 'biosSignId', anything),
  // No variable and no fixed ranges.
  0xfe: { name: 'IA32_MTRRCAP', read: () => 0n },
  0x174: narrow('IA32_SYSENTER_CS', 'sysenterCs'),
  0x175: wide('IA32_SYSENTER_ESP', 'sysenterEsp', isCanonical),
  0x176: wide('IA32_SYSENTER_EIP', 'sysenterEip', isCanonical),
  0x1a0: {
    name: 'IA32_MISC_ENABLE',
    read: (cpu) => cpu.miscEnable | miscFixed(cpu),
    write: (cpu, value) => {
      // Without SSE3 nobody may switch MONITOR off.
      if ((value & ~(MISC_WRITABLE | MISC_READ_ONLY)) !== MISC_MONITOR) return false;
      cpu.miscEnable = value & MISC_WRITABLE;
      return true;
    },
  },
  0x1d9: {
    name: 'IA32_DEBUGCTL',
    read: (cpu) => BigInt(cpu.debugCtl),
    write: (cpu, value) => {
      if (value & ~BigInt(DEBUGCTL_BTF)) return false;
      cpu.debugCtl = Number(value);
      return true;
    },
  },
  0x277: wide('IA32_PAT', 'pat', isPat),
  // Memory types have no effect; UC, WC, WT, WP, WB, and the enable (SDM vol. 3, 11.11.2.1).
  0x2ff: wide('IA32_MTRR_DEF_TYPE', 'mtrrDefType', (value) => [0n, 1n, 4n, 5n, 6n].includes(value & ~0x800n)),
  0xc000_0080: {
    name: 'IA32_EFER',
    read: (cpu) => BigInt(cpu.efer),
    write: (cpu, value) => {
      writeEfer(cpu, value);
      return true;
    },
  },
  0xc000_0081: wide('IA32_STAR', 'star', anything),
  0xc000_0082: wide('IA32_LSTAR', 'lstar', isCanonical),
  0xc000_0083: wide('IA32_CSTAR', 'cstar', isCanonical),
  0xc000_0084: narrow('IA32_FMASK', 'fmask'),
  0xc000_0100: segmentBase('IA32_FS_BASE', FS),
  0xc000_0101: segmentBase('IA32_GS_BASE', GS),
  0xc000_0102: wide('IA32_KERNEL_GS_BASE', 'kernelGsBase', isCanonical),
  0xc000_0103: narrow('IA32_TSC_AUX', 'tscAux'),
};

/** What there is, for documentation. */
export const CORE_MSRS: readonly { readonly index: number; readonly name: string; readonly access: 'r' | 'rw' }[] = Object.entries(
  CORE,
).map(([index, { name, write }]) => ({ index: Number(index), name, access: write === undefined ? 'r' : 'rw' }));

const IA32_APIC_BASE = 0x1b;
const APIC_ENABLED = 0x800n;

/** IA32_APIC_BASE bit 11; a CPU without a local APIC on its wires has none to switch off. */
export const isApicEnabled = (cpu: Cpu): boolean =>
  cpu.wires.msrs.every((device) => ((device.readMsr(IA32_APIC_BASE) ?? APIC_ENABLED) & APIC_ENABLED) !== 0n);

export function readMsr(cpu: Cpu, index: number): bigint {
  const own = CORE[index];
  if (own !== undefined) return own.read(cpu);
  for (const device of cpu.wires.msrs) {
    const value = device.readMsr(index);
    if (value !== undefined) return value;
  }
  throw new Fault(GP, 0);
}

export function writeMsr(cpu: Cpu, index: number, value: bigint): void {
  const own = CORE[index];
  const taken = own !== undefined ? own.write?.(cpu, value) : cpu.wires.msrs.some((device) => device.writeMsr(index, value));
  if (!taken) throw new Fault(GP, 0);
}
