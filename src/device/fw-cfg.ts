// What QEMU's machines tell their firmware, by number: a key written to the selector port, then bytes read one after the other from
// the data port. Kernels that were made for QEMU ask it for the number of CPUs and the size of memory. There is no DMA interface.

import type { Device, PortRange } from './device.ts';

const SELECTOR = 0x510;
const DATA = 0x511;

export const FW_CFG = {
  SIGNATURE: 0x00,
  ID: 0x01,
  RAM_SIZE: 0x03,
  CPUS: 0x05,
  KERNEL_SIZE: 0x08,
  MAX_CPUS: 0x0f,
  KERNEL_DATA: 0x11,
} as const;

/** The traditional interface of two ports, and nothing else. */
const ID_TRADITIONAL = 1;

const littleEndian = (value: number, bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, index) => Math.floor(value / 256 ** index) % 256);

export class FwCfg implements Device {
  readonly name = 'fw_cfg';
  readonly memory = [];
  readonly ports: readonly PortRange[];
  readonly #items: Map<number, Uint8Array>;
  #state = { key: 0, offset: 0 };

  constructor({ cpus, ramBytes }: { readonly cpus: number; readonly ramBytes: number }) {
    this.#items = new Map([
      [FW_CFG.SIGNATURE, new TextEncoder().encode('QEMU')],
      [FW_CFG.ID, littleEndian(ID_TRADITIONAL, 4)],
      [FW_CFG.RAM_SIZE, littleEndian(ramBytes, 8)],
      [FW_CFG.CPUS, littleEndian(cpus, 2)],
      [FW_CFG.MAX_CPUS, littleEndian(cpus, 2)],
    ]);
    this.ports = [
      {
        first: SELECTOR,
        last: DATA,
        width: 16,
        read: (_, size) => (size === 8 ? this.#read() : 0),
        write: (port, value, size) => {
          if (port === SELECTOR && size === 16) this.#state = { key: value, offset: 0 };
        },
      },
    ];
  }

  /** The file that was booted. */
  set kernel(image: Uint8Array) {
    this.#items.set(FW_CFG.KERNEL_SIZE, littleEndian(image.length, 4));
    this.#items.set(FW_CFG.KERNEL_DATA, image);
  }

  reset(): void {
    this.#state = { key: 0, offset: 0 };
  }

  save() {
    return { ...this.#state };
  }

  load(state: ReturnType<FwCfg['save']>): void {
    this.#state = { ...state };
  }

  /** Zeros behind the end, and for a key that does not exist. */
  #read(): number {
    return this.#items.get(this.#state.key)?.[this.#state.offset++] ?? 0;
  }
}
