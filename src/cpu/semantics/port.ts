// Input and output. The right to use a port is checked before anything reaches it (SDM vol. 1, 19.5).

import type { Size } from '../../base/bits.ts';
import type { Cpu } from '../cpu.ts';
import type { Semantics } from './semantic.ts';

/** `size` is at most 32: there are no quadword ports. */
export function readPort(cpu: Cpu, port: bigint, size: Size): bigint {
  cpu.requireIoPermission(Number(port), size);
  return BigInt(cpu.wires.bus.readPort(Number(port), size as 8 | 16 | 32));
}

export function writePort(cpu: Cpu, port: bigint, size: Size, value: bigint): void {
  cpu.requireIoPermission(Number(port), size);
  cpu.wires.bus.writePort(Number(port), size as 8 | 16 | 32, Number(value));
}

export const PORT = {
  in: (cpu, { dst, src, size }) => cpu.write(dst, readPort(cpu, cpu.read(src), size)),
  out: (cpu, { dst, src, size }) => writePort(cpu, cpu.read(dst), size, cpu.read(src)),
} satisfies Semantics;
