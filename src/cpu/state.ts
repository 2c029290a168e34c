// The architectural state of one CPU as a block of shared memory: one table of names and widths → typed accessors on a class. All
// of it lies in that block (house rule 1), so that snapshot, hash and comparison are byte comparisons and translated code finds
// it by offset.

/** Bytes reserved for each CPU. */
export const STATE_BYTES = 4096;

/** Segment registers 0..5 as in encodings; these two have descriptor caches of the same shape. */
export const LDTR = 6;
export const TR = 7;

/** Values of `activity` (SDM vol. 3, 25.4.2 has the same four). */
export const RUNNING = 0;
export const HALTED = 1;
export const SHUTDOWN = 2;
export const WAIT_FOR_SIPI = 3;

/** Values of `shadow`: what the instruction just retired holds back through the next one (S1, S5). */
export const NO_SHADOW = 0;
export const STI_SHADOW = 1;
export const MOV_SS_SHADOW = 2;

type Scalar = 'u64' | 'u32' | 'f64' | 'bool';
type Vector = readonly ['u64' | 'u32', number];

/**
 * `time`, `haltedTicks`, `extraTicks` are in ticks (src/README.md); `pdpte` are the PDPTE registers of PAE paging (SDM vol. 3,
 * 4.4.1).
 */
const LAYOUT = {
  gpr: ['u64', 16],
  rip: 'u64',
  time: 'f64',
  haltedTicks: 'f64',
  extraTicks: 'f64',
  segBase: ['u64', 8],
  segLimit: ['u32', 8],
  segSelector: ['u32', 8],
  /** Bits 8..15 and 20..23 of the descriptor's second word, moved down by 8; P clear marks a segment that cannot be used. */
  segAttributes: ['u32', 8],
  gdtrBase: 'u64',
  idtrBase: 'u64',
  cr2: 'u64',
  cr3: 'u64',
  pdpte: ['u64', 4],
  dr: ['u64', 8],
  star: 'u64',
  lstar: 'u64',
  cstar: 'u64',
  kernelGsBase: 'u64',
  sysenterEsp: 'u64',
  sysenterEip: 'u64',
  tscAdjust: 'u64',
  pat: 'u64',
  miscEnable: 'u64',
  mtrrDefType: 'u64',
  biosSignId: 'u64',
  /** Physical address of the monitored line, or -1 (MONITOR). */
  monitored: 'f64',
  rflags: 'u32',
  cpl: 'u32',
  gdtrLimit: 'u32',
  idtrLimit: 'u32',
  cr0: 'u32',
  cr4: 'u32',
  efer: 'u32',
  fmask: 'u32',
  sysenterCs: 'u32',
  tscAux: 'u32',
  activity: 'u32',
  shadow: 'u32',
  /** NMIs that wait: at most two, one while they are blocked (N2). */
  nmiPending: 'u32',
  nmiBlocked: 'bool',
  initPending: 'bool',
  /** Vector of a start-up IPI that waits, plus one; 0 is none. */
  sipiPending: 'u32',
  /** DR6 bits of debug traps that wait for the next boundary. */
  debugPending: 'u32',
  /** The instruction just executed was an iteration of a REP string that goes on at the same RIP. */
  repeating: 'bool',
  debugCtl: 'u32',
} as const satisfies Record<string, Scalar | Vector>;

type Layout = typeof LAYOUT;
type ValueOf<T> = T extends 'u64' ? bigint : T extends 'bool' ? boolean : number;
type ArrayNames = { [K in keyof Layout]: Layout[K] extends readonly unknown[] ? K : never }[keyof Layout];
type ArrayOf<T> = T extends readonly ['u64', number] ? BigUint64Array : Uint32Array;
type Fields = { [K in Exclude<keyof Layout, ArrayNames>]: ValueOf<Layout[K]> } & {
  readonly [K in ArrayNames]: ArrayOf<Layout[K]>;
};

const BYTES = { u64: 8, u32: 4, f64: 8, bool: 4 } as const;

/** Offset of every field from the start of the block, in bytes, naturally aligned. */
export const STATE_OFFSETS: { readonly [K in keyof Layout]: number } = (() => {
  const offsets: Record<string, number> = {};
  let next = 0;
  for (const [name, field] of Object.entries<Scalar | Vector>(LAYOUT)) {
    const [width, count] = typeof field === 'string' ? [field, 1] : field;
    const bytes = BYTES[width];
    next = Math.ceil(next / bytes) * bytes;
    offsets[name] = next;
    next += bytes * count;
  }
  if (next > STATE_BYTES) throw new Error(`The state of a CPU takes ${next} bytes, more than its block of ${STATE_BYTES}.`);
  return offsets as { [K in keyof Layout]: number };
})();

/** Fields of one value are accessors on the prototype, arrays are views. Writing them has no side effects: see Cpu.refresh(). */
export interface CpuState extends Fields {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the accessors are made from the table below.
export class CpuState {
  /** The block as words of each kind; indices are STATE_OFFSETS divided by the width. */
  readonly words64: BigUint64Array;
  readonly words32: Uint32Array;
  readonly floats: Float64Array;
  /** The block itself. */
  readonly bytes: Uint8Array;
  /**
   * Parts of the general registers: number 2n in gpr32, 4n in gpr16, 8n in gpr8 (AH..BH: 8n + 1) are the lowest of register n.
   */
  readonly gpr32: Uint32Array;
  readonly gpr16: Uint16Array;
  readonly gpr8: Uint8Array;

  constructor(buffer: ArrayBufferLike, byteOffset: number) {
    this.words64 = new BigUint64Array(buffer, byteOffset, STATE_BYTES / 8);
    this.words32 = new Uint32Array(buffer, byteOffset, STATE_BYTES / 4);
    this.floats = new Float64Array(buffer, byteOffset, STATE_BYTES / 8);
    this.bytes = new Uint8Array(buffer, byteOffset, STATE_BYTES);
    const gprAt = byteOffset + STATE_OFFSETS.gpr;
    this.gpr32 = new Uint32Array(buffer, gprAt, 32);
    this.gpr16 = new Uint16Array(buffer, gprAt, 64);
    this.gpr8 = new Uint8Array(buffer, gprAt, 128);
    for (const [name, field] of Object.entries<Scalar | Vector>(LAYOUT)) {
      if (typeof field === 'string') continue;
      const at = byteOffset + STATE_OFFSETS[name as keyof Layout];
      const view = field[0] === 'u64' ? new BigUint64Array(buffer, at, field[1]) : new Uint32Array(buffer, at, field[1]);
      Object.defineProperty(this, name, { value: view, enumerable: true });
    }
  }
}

const ACCESSORS: { readonly [K in Scalar]: (offset: number) => PropertyDescriptor & ThisType<CpuState> } = {
  u64: (offset) => {
    const at = offset / 8;
    return {
      get() {
        return this.words64[at];
      },
      set(value: bigint) {
        this.words64[at] = value;
      },
    };
  },
  u32: (offset) => {
    const at = offset / 4;
    return {
      get() {
        return this.words32[at];
      },
      set(value: number) {
        this.words32[at] = value;
      },
    };
  },
  f64: (offset) => {
    const at = offset / 8;
    return {
      get() {
        return this.floats[at];
      },
      set(value: number) {
        this.floats[at] = value;
      },
    };
  },
  bool: (offset) => {
    const at = offset / 4;
    return {
      get() {
        return this.words32[at] !== 0;
      },
      set(value: boolean) {
        this.words32[at] = value ? 1 : 0;
      },
    };
  },
};

for (const [name, field] of Object.entries<Scalar | Vector>(LAYOUT)) {
  if (typeof field !== 'string') continue;
  Object.defineProperty(CpuState.prototype, name, ACCESSORS[field](STATE_OFFSETS[name as keyof Layout]));
}
