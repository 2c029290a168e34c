// Model-specific registers of the core as a table; those of the local APIC and the counters answer through the wires. Whatever
// nobody knows, and every value that a register cannot hold, is #GP(0) (SDM vol. 4; vol. 2, RDMSR, WRMSR).

import { FS, GS } from '../isa/insn.ts';
import { writeEfer } from './control.ts';
import type { Cpu } from './cpu.ts';
import { Fault, GP } from './fault.ts';
import { isCanonical } from './segment.ts';

/** `write` says whether the value was taken; a register without it is read-only. */
interface Msr {
  readonly read: (cpu: Cpu) => bigint;
  readonly write?: (cpu: Cpu, value: bigint) => boolean;
}

type WideField =
  | 'star' | 'lstar' | 'cstar' | 'kernelGsBase' | 'sysenterEsp' | 'sysenterEip'
  | 'pat' | 'miscEnable' | 'mtrrDefType' | 'biosSignId';
type NarrowField = 'fmask' | 'sysenterCs' | 'tscAux';

const anything = (): boolean => true;
const within =
  (writable: bigint) =>
  (value: bigint): boolean =>
    (value & ~writable) === 0n;
/** UC, WC, WT, WP, WB, UC- in each byte (SDM vol. 3, table 11-10). */
const isPat = (value: bigint): boolean =>
  [0n, 8n, 16n, 24n, 32n, 40n, 48n, 56n].every((shift) => [0n, 1n, 4n, 5n, 6n, 7n].includes((value >> shift) & 0xffn));

/** A field of the state that takes the values which pass the test. */
const wide = (name: WideField, accepts: (value: bigint) => boolean): Msr => ({
  read: (cpu) => cpu[name],
  write: (cpu, value) => {
    if (!accepts(value)) return false;
    cpu[name] = value;
    return true;
  },
});

const narrow = (name: NarrowField): Msr => ({
  read: (cpu) => BigInt(cpu[name]),
  write: (cpu, value) => {
    if (value >> 32n) return false;
    cpu[name] = Number(value);
    return true;
  },
});

const segmentBase = (segment: number): Msr => ({
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

const CORE: Readonly<Record<number, Msr>> = {
  /** IA32_TIME_STAMP_COUNTER: a write moves IA32_TSC_ADJUST by as much (SDM vol. 3, 17.17.3). */
  0x10: {
    read: (cpu) => cpu.tsc,
    write: (cpu, value) => moveTsc(cpu, cpu.tscAdjust + value - cpu.tsc),
  },
  /** IA32_PLATFORM_ID. */
  0x17: { read: () => 0n },
  /** IA32_TSC_ADJUST. */
  0x3b: { read: (cpu) => cpu.tscAdjust, write: moveTsc },
  /** IA32_BIOS_SIGN_ID: no microcode update is loaded. */
  0x8b: wide('biosSignId', anything),
  /** IA32_MTRRCAP: no variable and no fixed ranges. */
  0xfe: { read: () => 0n },
  /** IA32_SYSENTER_CS, _ESP, _EIP. */
  0x174: narrow('sysenterCs'),
  0x175: wide('sysenterEsp', isCanonical),
  0x176: wide('sysenterEip', isCanonical),
  /** IA32_MISC_ENABLE: fast strings and the MONITOR enable are accepted and change nothing. */
  0x1a0: wide('miscEnable', within(0x4_0001n)),
  /** IA32_PAT. */
  0x277: wide('pat', isPat),
  /** IA32_MTRR_DEF_TYPE: memory types have no effect. */
  0x2ff: wide('mtrrDefType', within(0x807n)),
  /** IA32_EFER. */
  0xc000_0080: {
    read: (cpu) => BigInt(cpu.efer),
    write: (cpu, value) => {
      writeEfer(cpu, value);
      return true;
    },
  },
  /** IA32_STAR, LSTAR, CSTAR, FMASK. */
  0xc000_0081: wide('star', anything),
  0xc000_0082: wide('lstar', isCanonical),
  0xc000_0083: wide('cstar', isCanonical),
  0xc000_0084: narrow('fmask'),
  /** IA32_FS_BASE, GS_BASE, KERNEL_GS_BASE. */
  0xc000_0100: segmentBase(FS),
  0xc000_0101: segmentBase(GS),
  0xc000_0102: wide('kernelGsBase', isCanonical),
  /** IA32_TSC_AUX. */
  0xc000_0103: narrow('tscAux'),
};

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
