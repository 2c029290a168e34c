// Accesses that are not RAM's → the device that owns the address, in pieces that it takes. Unclaimed reads give all ones, unclaimed
// writes vanish. Two devices at one address are refused when the machine is built.

import { hex, type Size } from '../base/bits.ts';
import type { Bus } from '../cpu/bus.ts';
import type { Device, MemoryRange, PortRange, Width } from '../device/device.ts';

const PORTS = 0x1_0000;

export class DeviceBus implements Bus {
  /** Called after an access that may have changed what a device says. */
  onChange: () => void = () => {};
  readonly #portRanges: PortRange[] = [];
  /** For each port the index of its range plus one; 0 is nobody's. */
  readonly #owners = new Uint8Array(PORTS);
  readonly #memory: MemoryRange[] = [];

  constructor(devices: readonly Device[]) {
    const names: string[] = [];
    for (const device of devices) {
      for (const range of device.ports) {
        for (let port = range.first; port <= range.last; port++) {
          const taken = this.#owners[port];
          if (taken) throw new Error(`${device.name} at port 0x${hex(port)} overlaps ${names[taken - 1]}.`);
          this.#owners[port] = this.#portRanges.length + 1;
        }
        this.#portRanges.push(range);
        names.push(device.name);
      }
    }
    for (const device of devices) {
      for (const range of device.memory) {
        const other = this.#memory.find(
          ({ first, length }) => range.first < first + length && first < range.first + range.length,
        );
        if (other) throw new Error(`${device.name} at 0x${hex(range.first)} overlaps the device at 0x${hex(other.first)}.`);
        this.#memory.push(range);
      }
    }
  }

  readMemory(physical: number, size: Size): bigint {
    const range = this.#memoryAt(physical, size);
    if (!range) return (1n << BigInt(size)) - 1n;
    const offset = physical - range.first;
    this.onChange();
    if (size !== 64) return BigInt(range.read(offset, size));
    return BigInt(range.read(offset, 32)) | (BigInt(range.read(offset + 4, 32)) << 32n);
  }

  writeMemory(physical: number, size: Size, value: bigint): void {
    const range = this.#memoryAt(physical, size);
    if (!range) return;
    const offset = physical - range.first;
    this.onChange();
    if (size !== 64) {
      range.write(offset, Number(value), size);
      return;
    }
    range.write(offset, Number(value & 0xffff_ffffn), 32);
    range.write(offset + 4, Number(value >> 32n), 32);
  }

  readPort(port: number, size: Width): number {
    const width = this.#widthAt(port, size);
    const range = this.#portAt(port);
    if (width === size) {
      const value = range ? range.read(port, size) >>> 0 : 2 ** size - 1;
      if (!range?.isSteady?.(port)) this.onChange();
      return value;
    }
    let value = 0;
    for (let bit = 0; bit < size; bit += width) value += this.readPort(port + bit / 8, width) * 2 ** bit;
    return value;
  }

  writePort(port: number, size: Width, value: number): void {
    const width = this.#widthAt(port, size);
    if (width === size) {
      this.#portAt(port)?.write(port, value >>> 0, size);
      this.onChange();
      return;
    }
    for (let bit = 0; bit < size; bit += width) this.writePort(port + bit / 8, width, Math.floor(value / 2 ** bit) % 2 ** width);
  }

  isSteady(port: number): boolean {
    return this.#portAt(port)?.isSteady?.(port) ?? false;
  }

  #portAt(port: number): PortRange | undefined {
    return this.#portRanges[this.#owners[port % PORTS] - 1]; // the address wraps, as it does on the processor's 16 lines
  }

  /** In which pieces an access is made: whole, as wide as its device takes, or in bytes where it is not all one device's. */
  #widthAt(port: number, size: Width): Width {
    const last = this.#owners[(port + size / 8 - 1) % PORTS];
    if (this.#owners[port % PORTS] !== last) return 8;
    return last === 0 ? size : (Math.min(size, this.#portRanges[last - 1].width) as Width);
  }

  #memoryAt(physical: number, size: Size): MemoryRange | undefined {
    return this.#memory.find(({ first, length }) => physical >= first && physical + size / 8 <= first + length);
  }
}

/** The register page of a local APIC, whose address its own CPU can change. */
export interface ApicPage {
  /** Physical address, or -1 while there is none. */
  readonly page: number;
  readMemory(offset: number, size: number): number;
  writeMemory(offset: number, value: number, size: number): void;
}

const PAGE = 0x1000;

/** The bus as one CPU sees it: its local APIC answers first. A page moved onto RAM is not seen: RAM never comes to the bus. */
export class CpuBus implements Bus {
  readonly #apic: ApicPage;
  readonly #shared: Bus;

  constructor(apic: ApicPage, shared: Bus) {
    this.#apic = apic;
    this.#shared = shared;
  }

  readMemory(physical: number, size: Size): bigint {
    const offset = physical - this.#apic.page;
    if (this.#apic.page < 0 || offset < 0 || offset >= PAGE) return this.#shared.readMemory(physical, size);
    return size === 64 ? (1n << 64n) - 1n : BigInt(this.#apic.readMemory(offset, size)); // 64-bit accesses are not defined there
  }

  writeMemory(physical: number, size: Size, value: bigint): void {
    const offset = physical - this.#apic.page;
    if (this.#apic.page < 0 || offset < 0 || offset >= PAGE) this.#shared.writeMemory(physical, size, value);
    else if (size !== 64) this.#apic.writeMemory(offset, Number(value), size);
  }

  readPort(port: number, size: Width): number {
    return this.#shared.readPort(port, size);
  }

  writePort(port: number, size: Width, value: number): void {
    this.#shared.writePort(port, size, value);
  }

  isSteady(port: number): boolean {
    return this.#shared.isSteady?.(port) ?? false;
  }
}
