// Bits of the control registers, of EFER and of descriptors, by the manual's names (SDM vol. 3, 2.5, 2.2.1, 3.4.5).

export const CR0_PE = 1 << 0;
export const CR0_MP = 1 << 1;
export const CR0_EM = 1 << 2;
export const CR0_TS = 1 << 3;
export const CR0_ET = 1 << 4;
export const CR0_NE = 1 << 5;
export const CR0_WP = 1 << 16;
export const CR0_AM = 1 << 18;
export const CR0_NW = 1 << 29;
export const CR0_CD = 1 << 30;
export const CR0_PG = 0x8000_0000;

export const CR4_TSD = 1 << 2;
export const CR4_DE = 1 << 3;
export const CR4_PSE = 1 << 4;
export const CR4_PAE = 1 << 5;
export const CR4_PGE = 1 << 7;
export const CR4_PCE = 1 << 8;
export const CR4_FSGSBASE = 1 << 16;
export const CR4_SMEP = 1 << 20;
export const CR4_SMAP = 1 << 21;

export const EFER_SCE = 1 << 0;
export const EFER_LME = 1 << 8;
export const EFER_LMA = 1 << 10;
export const EFER_NXE = 1 << 11;

/** IA32_MISC_ENABLE: Limit CPUID Maxval, XD Bit Disable. */
export const MISC_LIMIT_CPUID = 1n << 22n;
export const MISC_XD_DISABLE = 1n << 34n;

/** Attributes of a segment as CpuState keeps them: the descriptor's second word moved down by 8. */
export const ATTRIBUTE_MASK = 0xf0ff;
export const TYPE_MASK = 0xf;
export const TYPE_ACCESSED = 1;
/** Of data: writable. Of code: readable. */
export const TYPE_WRITABLE = 2;
export const TYPE_READABLE = 2;
export const TYPE_EXPAND_DOWN = 4;
export const TYPE_CONFORMING = 4;
export const TYPE_CODE = 8;
/** Code or data, not system. */
export const DESCRIPTOR_S = 1 << 4;
export const DPL_SHIFT = 5;
export const DESCRIPTOR_P = 1 << 7;
export const DESCRIPTOR_L = 1 << 13;
/** D of code, B of stacks. */
export const DESCRIPTOR_DB = 1 << 14;
export const DESCRIPTOR_G = 1 << 15;

/** Present, writable, accessed data at DPL 0: what every segment of real mode is. */
export const REAL_MODE_DATA = 0x93;

/** Types of system descriptors (SDM vol. 3, table 3-2). */
export const TYPE_TSS16 = 1;
export const TYPE_LDT = 2;
export const TYPE_TSS = 9;
export const TYPE_BUSY_TSS = 11;
/** What makes a TSS busy. */
export const TYPE_BUSY = 2;

export const dplOf = (attributes: number): number => (attributes >>> DPL_SHIFT) & 3;
