// A local APIC on a bench: its wires end in arrays, its CPU is a row of instruction slots.

import type { ApicMessage } from '../../src/device/ipi.ts';
import { Lapic, type LapicWires } from '../../src/device/lapic.ts';
import { Slots } from './slots.ts';

export interface BenchOptions extends Partial<LapicWires> {
  /** Whether SVR bit 8 is set at the start, as a kernel does first; yes unless given. */
  readonly enabled?: boolean;
}

export const setUpLapic = ({ enabled = true, ...options }: BenchOptions = {}) => {
  const cpu = new Slots();
  const changes: number[] = [];
  const sent: ApicMessage[] = [];
  const eois: number[] = [];
  const sipis: number[] = [];
  let nmis = 0;
  let inits = 0;
  const lapic = new Lapic({
    id: 0,
    bootstrap: true,
    now: cpu.now,
    timeline: cpu.timeline,
    nmi: () => nmis++,
    init: () => inits++,
    sipi: (vector) => sipis.push(vector),
    changed: () => changes.push(lapic.pendingVector),
    send: (message) => sent.push(message),
    eoi: (vector) => eois.push(vector),
    ...options,
  });
  const bench = {
    cpu,
    lapic,
    /** Each value of `pendingVector` that the CPU was told of. */
    changes,
    sent,
    eois,
    sipis,
    nmis: () => nmis,
    inits: () => inits,
    /** Accesses to the register page, each in an instruction slot of its own. */
    read: (offset: number): number => cpu.execute(() => lapic.readMemory(offset, 32)),
    write: (offset: number, value: number): void => cpu.execute(() => lapic.writeMemory(offset, value, 32)),
    rdmsr: (index: number): bigint | undefined => cpu.execute(() => lapic.readMsr(index)),
    wrmsr: (index: number, value: bigint): boolean => cpu.execute(() => lapic.writeMsr(index, value)),
  };
  if (enabled) lapic.writeMemory(0xf0, 0x1ff, 32);
  return bench;
};
