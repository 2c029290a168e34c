// The local APIC's register map (SDM vol. 3, tables 10-1 and 10-6): one table for the xAPIC page and for the x2APIC MSRs, whose
// number is 0x800 plus the offset divided by 16.

export interface LapicRegister {
  readonly offset: number;
  readonly name: string;
  readonly reset: number;
  /** Bits that a write changes. The others keep their value in xAPIC mode; in x2APIC mode setting one is #GP(0). */
  readonly writable: number;
  readonly access: 'r' | 'w' | 'rw';
  /** Modes in which the register exists. */
  readonly mode: 'both' | 'xapic' | 'x2apic';
}

type Row = readonly [
  offset: number,
  name: string,
  reset: number,
  writable: number,
  access: LapicRegister['access'],
  mode?: LapicRegister['mode'],
];

const eight = (offset: number, name: string): Row[] =>
  Array.from({ length: 8 }, (_, index) => [offset + index * 16, `${name}${index}`, 0, 0, 'r']);

/** LVT bit 16. */
export const MASKED = 0x1_0000;

const ROWS: readonly Row[] = [
  [0x020, 'ID', 0, 0, 'r'],
  [0x030, 'VERSION', 0x0005_0015, 0, 'r'], // six LVT entries, no suppression of EOI broadcasts
  [0x080, 'TPR', 0, 0xff, 'rw'],
  [0x090, 'APR', 0, 0, 'r', 'xapic'],
  [0x0a0, 'PPR', 0, 0, 'r'],
  [0x0b0, 'EOI', 0, 0, 'w'],
  [0x0c0, 'RRD', 0, 0, 'r', 'xapic'],
  [0x0d0, 'LDR', 0, 0xff00_0000, 'rw'], // derived from the id, and read-only, in x2APIC mode
  [0x0e0, 'DFR', 0xffff_ffff, 0xf000_0000, 'rw', 'xapic'],
  [0x0f0, 'SVR', 0xff, 0x1ff, 'rw'],
  ...eight(0x100, 'ISR'),
  ...eight(0x180, 'TMR'),
  ...eight(0x200, 'IRR'),
  [0x280, 'ESR', 0, 0, 'rw'],
  [0x300, 'ICR', 0, 0x000c_cfff, 'rw'],
  [0x310, 'ICR_HIGH', 0, 0xff00_0000, 'rw', 'xapic'],
  [0x320, 'LVT_TIMER', MASKED, 0x0007_00ff, 'rw'], // vector, mask, mode
  [0x330, 'LVT_THERMAL', MASKED, 0x0001_07ff, 'rw'], // vector, delivery mode, mask
  [0x340, 'LVT_PERFMON', MASKED, 0x0001_07ff, 'rw'],
  [0x350, 'LVT_LINT0', MASKED, 0x0001_a7ff, 'rw'], // also polarity and trigger mode
  [0x360, 'LVT_LINT1', MASKED, 0x0001_a7ff, 'rw'],
  [0x370, 'LVT_ERROR', MASKED, 0x0001_00ff, 'rw'],
  [0x380, 'INITIAL_COUNT', 0, 0xffff_ffff, 'rw'],
  [0x390, 'CURRENT_COUNT', 0, 0, 'r'],
  [0x3e0, 'DIVIDE_CONFIGURATION', 0, 0xb, 'rw'],
  [0x3f0, 'SELF_IPI', 0, 0xff, 'w', 'x2apic'],
];

export const LAPIC_REGISTERS: readonly LapicRegister[] = ROWS.map(([offset, name, reset, writable, access, mode = 'both']) => ({
  offset,
  name,
  reset,
  writable,
  access,
  mode,
}));

/** The offset of a register, which is also where its value is kept. */
export const offsetOf = (name: string): number => {
  const register = LAPIC_REGISTERS.find((candidate) => candidate.name === name);
  if (!register) throw new Error(`The local APIC has no register ${name}.`);
  return register.offset;
};

/** The local vector table: all of it is masked by software-disabling the APIC. */
export const LVT_OFFSETS: readonly number[] = LAPIC_REGISTERS.filter(({ name }) => name.startsWith('LVT_')).map(
  ({ offset }) => offset,
);

/** Delivery status and remote IRR: read-only, so that writing back what was read is no fault in x2APIC mode. */
export const LVT_STATUS = 0x5000;

/** The MSRs of a local APIC, for documentation: those from 0x800 on exist in x2APIC mode. */
export const LAPIC_MSRS: readonly { readonly index: number; readonly name: string; readonly access: LapicRegister['access'] }[] = [
  { index: 0x1b, name: 'IA32_APIC_BASE', access: 'rw' },
  { index: 0x6e0, name: 'IA32_TSC_DEADLINE', access: 'rw' },
  ...LAPIC_REGISTERS.filter(({ mode }) => mode !== 'xapic').map(({ offset, name, access }) => ({
    index: 0x800 + (offset >>> 4),
    name: `IA32_X2APIC_${name}`,
    access: name === 'LDR' ? ('r' as const) : access,
  })),
];
