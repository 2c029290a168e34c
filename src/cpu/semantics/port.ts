// Input and output. The right to use a port is checked before anything reaches it (SDM vol. 1, 19.5).

import type { Size } from '../../base/bits.ts';
import type { Cpu } from '../cpu.ts';
import type { Semantics } from './semantic.ts';

/** `size` is at most 32: there are no quadword ports. */
export function readPort(cpu: Cpu, port: number, size: Size): bigint {
  cpu.breakpoints.onPort(port, size >>> 3);
  return BigInt(cpu.wires.bus.readPort(port, size as 8 | 16 | 32));
}

export function writePort(cpu: Cpu, port: number, size: Size, value: bigint): void {
  cpu.breakpoints.onPort(port, size >>> 3);
  cpu.wires.bus.writePort(port, size as 8 | 16 | 32, Number(value));
}

export const PORT = {
  in: (cpu, { dst, src, size }) => {
    const port = Number(cpu.read(src));
    cpu.requireIoPermission(port, size);
    cpu.write(dst, readPort(cpu, port, size));
  },
  out: (cpu, { dst, src, size }) => {
    const port = Number(cpu.read(dst));
    cpu.requireIoPermission(port, size);
    writePort(cpu, port, size, cpu.read(src));
  },
} satisfies Semantics;
