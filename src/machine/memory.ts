// Number of CPUs, RAM → the one memory of a machine: a state block for each CPU, a TLB for each CPU, the ways into translated code, a mark
// for each line, RAM. It is a WebAssembly memory of fixed size where the host has that, so that generated code can use the very same bytes;
// pages that nobody touches cost the host nothing.

import { LINE_BYTES } from '../cpu/memory/ram.ts';
import { STATE_BYTES } from '../cpu/state.ts';
import { TLB_BYTES } from '../cpu/memory/tlb.ts';
import { WAYS_BYTES } from '../translate/chain.ts';
import { newMemory, type SharedMemory } from '../translate/host.ts';
import type { MachineConfig } from './config.ts';

const WASM_PAGE = 0x1_0000;
const upToPage = (bytes: number): number => Math.ceil(bytes / WASM_PAGE) * WASM_PAGE;

export class MachineMemory {
  readonly wasm: SharedMemory;
  readonly buffer: ArrayBuffer;
  /** Where the translator's table of ways into code is. */
  readonly waysOffset: number;
  /** Where the byte of line n of `buffer` is, less n. */
  readonly marksOffset: number;
  /** A byte for each line of RAM. */
  readonly marks: Uint8Array;
  /** Where physical address 0 lies in `buffer`; a multiple of 64 KiB. */
  readonly ramOffset: number;
  readonly ram: Uint8Array;

  readonly #cpus: number;

  constructor({ cpus, ramBytes }: Pick<MachineConfig, 'cpus' | 'ramBytes'>) {
    this.#cpus = cpus;
    this.waysOffset = upToPage(cpus * (STATE_BYTES + TLB_BYTES));
    this.marksOffset = this.waysOffset + upToPage(WAYS_BYTES);
    // Lines before RAM are counted too, so that a mark is found from an offset in the memory by one shift.
    this.ramOffset = upToPage((this.marksOffset + ramBytes / LINE_BYTES) * (LINE_BYTES / (LINE_BYTES - 1)));
    const pages = upToPage(this.ramOffset + ramBytes) / WASM_PAGE;
    this.wasm = newMemory(pages);
    this.buffer = this.wasm.buffer;
    this.marks = new Uint8Array(this.buffer, this.marksOffset + this.ramOffset / LINE_BYTES, ramBytes / LINE_BYTES);
    this.ram = new Uint8Array(this.buffer, this.ramOffset, ramBytes);
  }

  /** Offset in `buffer` of a CPU's state block. */
  stateOffset(cpu: number): number {
    return cpu * STATE_BYTES;
  }

  /** Of its TLB. */
  tlbOffset(cpu: number): number {
    return this.#cpus * STATE_BYTES + cpu * TLB_BYTES;
  }
}
