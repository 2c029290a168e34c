// IA32_APIC_BASE: a written value → the APIC's mode, or undefined where WRMSR is #GP(0). The transitions are those of SDM vol. 3,
// figure 10-28: x2APIC mode is entered from xAPIC mode only, and left only by switching the APIC off.

export type ApicMode = 'disabled' | 'xapic' | 'x2apic';

export const BSP = 0x100n;
const EXTD = 0x400n;
const EN = 0x800n;
const FLAGS = BSP | EXTD | EN;

/** Width of physical addresses in bits; above are reserved bits. */
const PHYSICAL_BITS = 40;

const MODE_BITS: Record<ApicMode, bigint> = { disabled: 0n, xapic: EN, x2apic: EN | EXTD };

const NEXT: Record<ApicMode, readonly ApicMode[]> = {
  disabled: ['disabled', 'xapic'],
  xapic: ['disabled', 'xapic', 'x2apic'],
  x2apic: ['disabled', 'x2apic'],
};

export interface ApicBase {
  readonly mode: ApicMode;
  /** Physical address of the register page. */
  readonly page: number;
  readonly bootstrap: boolean;
}

export const readApicBase = ({ mode, page, bootstrap }: ApicBase): bigint =>
  BigInt(page) | MODE_BITS[mode] | (bootstrap ? BSP : 0n);

export const writeApicBase = (from: ApicMode, value: bigint): ApicBase | undefined => {
  const page = BigInt.asUintN(PHYSICAL_BITS, value) & ~0xfffn;
  if (value & ~(page | FLAGS)) return undefined;
  const mode = NEXT[from].find((candidate) => MODE_BITS[candidate] === (value & (EN | EXTD)));
  return mode && { mode, page: Number(page), bootstrap: (value & BSP) !== 0n };
};
