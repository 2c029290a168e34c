// CPUID's leaves as a table: features that exist, and only those. There is no x87 and no SSE, so FPU, MMX, FXSR and SSE are
// clear; TZCNT executes, but BMI1 is not claimed because the rest of it is missing. Reserved leaves answer as Intel's do (SDM
// vol. 2, CPUID).

/** What a CPU says of itself. `hz` is the rate of its TSC. */
export interface CpuIdentity {
  readonly cpus: number;
  readonly apicId: number;
  readonly hz: number;
  readonly pmu: boolean;
}

/** EAX, EBX, ECX, EDX. */
export type Leaf = readonly [number, number, number, number];
const NOTHING: Leaf = [0, 0, 0, 0];

/** Family 6, model 1AH, stepping 5: the first with counters like ours. Also EDX after reset. */
export const SIGNATURE = 0x0001_06a5;
const LINE_BYTES = 64;
const BRAND = 'clispin virtual processor';

const bits = (...numbers: number[]): number => numbers.reduce((sum, bit) => sum + 2 ** bit, 0);

/** Leaf 1, EDX. */
const FEATURES_EDX = bits(
  2 /* DE */, 3 /* PSE */, 4 /* TSC */, 5 /* MSR */, 6 /* PAE */, 8 /* CX8 */, 11 /* SEP */, 13 /* PGE */,
  15 /* CMOV */, 16 /* PAT */, 17 /* PSE-36 */, 19 /* CLFSH */,
);
/** Only while IA32_APIC_BASE has it enabled (SDM vol. 3, 10.4.3). */
const APIC = bits(9);
const HTT = bits(28);
/** Leaf 1, ECX. */
const FEATURES_ECX = bits(
  3 /* MONITOR */, 13 /* CMPXCHG16B */, 21 /* x2APIC */, 22 /* MOVBE */, 23 /* POPCNT */, 24 /* TSC-deadline */,
);
/** Leaf 6, EAX. */
const ARAT = bits(2);
/** Leaf 7, EBX. */
const STRUCTURED_EBX = bits(0 /* FSGSBASE */, 1 /* TSC_ADJUST */, 7 /* SMEP */, 9 /* ERMS */, 20 /* SMAP */);
/** Leaf 80000001H. */
const EXTENDED_ECX = bits(0 /* LAHF64 */, 5 /* LZCNT */, 8 /* PREFETCHW */);
const EXTENDED_EDX = bits(26 /* 1-GByte pages */, 27 /* RDTSCP */, 29 /* Intel 64 */);
const NX = bits(20);
/** Intel's processors show this one to 64-bit code only. */
const SYSCALL = bits(11);
/** Leaf 80000007H, EDX. */
const INVARIANT_TSC = bits(8);

/** Leaf 4: type and level of each cache, and its size in sets of 8 ways. */
const CACHES: readonly Leaf[] = [
  { type: 1, level: 1, sets: 64 },
  { type: 2, level: 1, sets: 64 },
  { type: 3, level: 2, sets: 512 },
].map(({ type, level, sets }) => [type | (level << 5) | bits(8), (LINE_BYTES - 1) | (7 << 22), sets - 1, 0]);

/** Leaf 0AH: version 2; 4 general and 3 fixed counters of 48 bits; events 3 to 6 of the 7 architectural ones are missing. */
const PERFORMANCE: Leaf = [2 | (4 << 8) | (48 << 16) | (7 << 24), bits(3, 4, 5, 6), 0, 3 | (48 << 5)];

const text = (characters: string, offset: number): number =>
  [3, 2, 1, 0].reduce((word, i) => word * 256 + (characters.charCodeAt(offset + i) || 0), 0);
const brand = (part: number): Leaf => [0, 4, 8, 12].map((at) => text(BRAND, part * 16 + at)) as unknown as Leaf;

const MAX_BASIC = 0x16;
const LIMITED_BASIC = 2;
const MAX_EXTENDED = 0x8000_0008;

/** What the asking CPU has switched on or off. */
export interface CpuidSwitches {
  /** The local APIC (IA32_APIC_BASE). */
  readonly apic?: boolean;
  /** Limit CPUID Maxval and XD Bit Disable (IA32_MISC_ENABLE; SDM vol. 4, table 2-2). */
  readonly limited?: boolean;
  readonly xdDisabled?: boolean;
}

interface Question extends CpuidSwitches {
  readonly identity: CpuIdentity;
  readonly subleaf: number;
  readonly longMode: boolean;
}

const LEAVES: Readonly<Record<number, (question: Question) => Leaf>> = {
  0: ({ limited }) => [limited ? LIMITED_BASIC : MAX_BASIC, text('GenuineIntel', 0), text('GenuineIntel', 8), text('GenuineIntel', 4)],
  1: ({ identity: { cpus, apicId }, apic }) => [
    SIGNATURE,
    (LINE_BYTES / 8) * 2 ** 8 + cpus * 2 ** 16 + apicId * 2 ** 24,
    FEATURES_ECX,
    FEATURES_EDX + (apic ? APIC : 0) + (cpus > 1 ? HTT : 0),
  ],
  // Descriptor FFH: ask leaf 4.
  2: () => [0x00ff_0001, 0, 0, 0],
  4: ({ subleaf }) => CACHES[subleaf] ?? NOTHING,
  5: () => [LINE_BYTES, LINE_BYTES, 0, 0],
  6: () => [ARAT, 0, 0, 0],
  7: ({ subleaf }) => (subleaf === 0 ? [0, STRUCTURED_EBX, 0, 0] : NOTHING),
  0xa: ({ identity }) => (identity.pmu ? PERFORMANCE : NOTHING),
  0xb: ({ identity: { cpus, apicId }, subleaf }) => {
    if (subleaf === 0) return [0, 1, 1 << 8, apicId];
    if (subleaf === 1) return [Math.ceil(Math.log2(cpus)), cpus, 1 | (2 << 8), apicId];
    return [0, 0, subleaf & 0xff, apicId];
  },
  0x15: ({ identity }) => [1, 1, identity.hz % 2 ** 32, 0],
  0x16: ({ identity }) => {
    const megahertz = Math.floor(identity.hz / 1_000_000) & 0xffff;
    return [megahertz, megahertz, megahertz, 0];
  },
  0x8000_0000: () => [MAX_EXTENDED, 0, 0, 0],
  0x8000_0001: ({ longMode, xdDisabled }) => [0, 0, EXTENDED_ECX, EXTENDED_EDX + (longMode ? SYSCALL : 0) + (xdDisabled ? 0 : NX)],
  0x8000_0002: () => brand(0),
  0x8000_0003: () => brand(1),
  0x8000_0004: () => brand(2),
  // 256 KiB of 8 ways.
  0x8000_0006: () => [0, 0, (256 << 16) | (6 << 12) | LINE_BYTES, 0],
  0x8000_0007: () => [0, 0, 0, INVARIANT_TSC],
  // 40 physical and 48 linear address bits.
  0x8000_0008: () => [40 | (48 << 8), 0, 0, 0],
};

/** What there is, for documentation; a leaf may have subleaves. */
export const CPUID_LEAVES: readonly number[] = Object.keys(LEAVES).map(Number);

/**
 * `leaf` and `subleaf` are EAX and ECX; `longMode` whether 64-bit code asks. Beyond either range the highest basic leaf answers.
 */
export function cpuid(identity: CpuIdentity, leaf: number, subleaf: number, longMode: boolean, switches: CpuidSwitches = {}): Leaf {
  const { apic = true, limited = false } = switches;
  const maxBasic = limited ? LIMITED_BASIC : MAX_BASIC;
  const inRange = leaf <= maxBasic || (leaf >= 0x8000_0000 && leaf <= MAX_EXTENDED);
  const answer = LEAVES[inRange ? leaf : maxBasic];
  return answer?.({ ...switches, apic, identity, subleaf, longMode }) ?? NOTHING;
}
