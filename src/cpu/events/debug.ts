// Debug registers → breakpoints (SDM vol. 3, 17.2). Pages with data breakpoints stay out of the TLB, and instruction breakpoints
// keep the CPU attentive, so that a CPU without breakpoints pays nothing.

import { type Access, WRITE } from '../memory/paging.ts';
import { CR4_DE } from '../identity/registers.ts';
import type { Mmu } from '../memory/mmu.ts';
import type { CpuState } from '../state.ts';

/** Bits of DR6 and DR7. B0 to B3 tell which breakpoints were met. */
const DR6_CONDITIONS = 0xfn;
export const DR6_BD = 1 << 13;
export const DR6_BS = 1 << 14;
export const DR7_GD = 1 << 13;
/** Bits that read as ones whatever is written. */
export const DR6_FIXED = 0xffff_0ff0n;
export const DR6_WRITABLE = 0xe00fn;
export const DR7_FIXED = 0x400n;
export const DR7_WRITABLE = 0xffff_23ffn;
/** IA32_DEBUGCTL: with TF, single-step traps follow branches only. */
export const DEBUGCTL_BTF = 1 << 1;

/** R/W field: what a breakpoint waits for. */
const ON_EXECUTION = 0;
const ON_WRITE = 1;
const ON_PORT = 2;
/** LEN field to bytes. */
const LENGTHS = [1, 2, 8, 4] as const;

/** What breakpoints need of a CPU. */
interface Watched extends CpuState {
  readonly mmu: Mmu;
  attention: boolean;
}

interface Breakpoint {
  /** Its bit in DR6. */
  readonly bit: number;
  readonly kind: number;
  readonly start: bigint;
  readonly end: bigint;
}

/**
 * A debug exception for these conditions (bits of DR6) and what still waits. It writes B0 to B3 as a whole, leaves the rest of DR6 to
 * software, opens the debug registers to the handler, and ends stepping by branches (SDM vol. 3, 17.2.3, 17.2.4, 17.4.3).
 */
export function noteDebugException(cpu: CpuState, conditions: number): void {
  cpu.dr[6] = (cpu.dr[6] & ~DR6_CONDITIONS) | BigInt(conditions | cpu.debugPending);
  cpu.dr[7] &= ~BigInt(DR7_GD);
  cpu.debugCtl &= ~DEBUGCTL_BTF;
  cpu.debugPending = 0;
}

export class Breakpoints {
  readonly #cpu: Watched;
  #enabled: readonly Breakpoint[] = [];
  /** There are breakpoints on instructions. */
  onExecution = false;

  constructor(cpu: Watched) {
    this.#cpu = cpu;
  }

  /** After a change of DR0..DR3, DR7. */
  refresh(): void {
    const { dr, mmu } = this.#cpu;
    const control = Number(dr[7] & 0xffff_ffffn);
    this.#enabled = [0, 1, 2, 3].filter((n) => (control >>> (2 * n)) & 3).map((n) => {
      const bytes = BigInt(LENGTHS[(control >>> (18 + 4 * n)) & 3]);
      const start = dr[n] - (dr[n] % bytes);
      return { bit: 1 << n, kind: (control >>> (16 + 4 * n)) & 3, start, end: start + bytes };
    });
    this.onExecution = this.#enabled.some(({ kind }) => kind === ON_EXECUTION);
    const data = this.#enabled.filter(({ kind }) => kind !== ON_EXECUTION && kind !== ON_PORT);
    const pages = new Set(data.map(({ start }) => Number(start >> 12n)));
    mmu.isWatched = pages.size > 0 ? (page) => pages.has(page) : undefined;
    mmu.onWatched = (linear, size, access) => this.#onData(data, linear, size, access);
    mmu.flush();
    this.#cpu.attention = true;
  }

  /** DR6 bits of the breakpoints on the instruction at a linear address. */
  atInstruction(linear: bigint): number {
    return this.#hits(ON_EXECUTION, linear, 1);
  }

  /** I/O breakpoints are traps, as those on data are; they exist with CR4.DE only. */
  onPort(port: number, bytes: number): void {
    if (this.#enabled.length > 0 && (this.#cpu.cr4 & CR4_DE) !== 0) this.#pend(this.#hits(ON_PORT, BigInt(port), bytes));
  }

  #hits(wanted: number, address: bigint, bytes: number): number {
    return this.#enabled
      .filter(({ kind, start, end }) => kind === wanted && address < end && address + BigInt(bytes) > start)
      .reduce((bits, { bit }) => bits | bit, 0);
  }

  #onData(data: readonly Breakpoint[], linear: bigint, size: number, access: Access): void {
    const hit = data.filter(
      ({ kind, start, end }) => (kind !== ON_WRITE || access === WRITE) && linear < end && linear + BigInt(size >>> 3) > start,
    );
    this.#pend(hit.reduce((bits, { bit }) => bits | bit, 0));
  }

  #pend(bits: number): void {
    if (bits === 0) return;
    this.#cpu.debugPending |= bits;
    this.#cpu.attention = true;
  }
}
