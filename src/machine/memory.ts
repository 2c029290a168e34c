// Number of CPUs, RAM → the one memory of a machine: a state block for each CPU, then RAM. It is a WebAssembly memory of
// fixed size, so that generated code can use the very same bytes; pages that nobody touches cost the host nothing.

import { STATE_BYTES } from '../cpu/state.ts';
import type { MachineConfig } from './config.ts';

/** What is needed of the host's WebAssembly: in every engine this runs on, but in none of the type libraries chosen. */
declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
};

const WASM_PAGE = 0x1_0000;

export class MachineMemory {
  readonly buffer: ArrayBuffer;
  /** Where physical address 0 lies in `buffer`; a multiple of 64 KiB. */
  readonly ramOffset: number;
  readonly ram: Uint8Array;

  constructor({ cpus, ramBytes }: Pick<MachineConfig, 'cpus' | 'ramBytes'>) {
    this.ramOffset = Math.ceil((cpus * STATE_BYTES) / WASM_PAGE) * WASM_PAGE;
    const pages = Math.ceil((this.ramOffset + ramBytes) / WASM_PAGE);
    this.buffer = new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer;
    this.ram = new Uint8Array(this.buffer, this.ramOffset, ramBytes);
  }

  /** Offset in `buffer` of a CPU's state block. */
  stateOffset(cpu: number): number {
    return cpu * STATE_BYTES;
  }
}
