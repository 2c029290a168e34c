// The wires between a CPU and what surrounds it. The CPU knows these types and nothing of devices; the machine connects them.

import type { Size } from '../base/bits.ts';

/** Everything that is not RAM: memory-mapped registers and I/O ports. Unclaimed reads give all ones, unclaimed writes vanish. */
export interface Bus {
  readMemory(physical: number, size: Size): bigint;
  writeMemory(physical: number, size: Size, value: bigint): void;
  readPort(port: number, size: 8 | 16 | 32): number;
  writePort(port: number, size: 8 | 16 | 32, value: number): void;
  /** Whether the read of one byte just made has changed nothing and would give the same again, until an alarm or a write. */
  isSteady?(port: number): boolean;
}

/** MSRs that live outside the core (local APIC, PMU). `undefined` and `false` mean: no such MSR or bad value, so #GP(0). */
export interface MsrDevice {
  readMsr(index: number): bigint | undefined;
  writeMsr(index: number, value: bigint): boolean;
}

/** The CPU's side of its local APIC. */
export interface InterruptController {
  /** The vector that would be delivered now: 256 if an 8259A has it, or highest in IRR with its class above PPR (SDM vol. 3, 10.8.3), or -1. */
  readonly pendingVector: number;
  /** Acknowledge: IRR to ISR, or the 8259A's cycle, and the vector to deliver (the spurious one if the request has vanished). */
  acknowledge(): number;
  /** CR8, which is TPR[7:4]. */
  taskPriority: number;
  /** After an INIT: reset state, with the APIC id and base kept (SDM vol. 3, 10.4.7.3). */
  init(): void;
}

/** RDPMC and the ring filter of the counters. */
export interface PerformanceCounters {
  /** ECX as given; `undefined` means no such counter: #GP(0). */
  readCounter(index: number): bigint | undefined;
  /** The CPU is about to run at another privilege level: what was counted so far belongs to the old one. */
  privilegeChanging(to: number): void;
  /** Whether some counter does not count at all privilege levels alike: none unless said. */
  readonly ringsMatter?: boolean;
}

/** Alarms that the CPU has set for itself; fired at the first boundary with time >= due. */
export interface LocalClock {
  readonly nextDue: number;
  runUntil(time: number): void;
}

export interface CpuWires {
  readonly bus: Bus;
  readonly interrupts: InterruptController;
  readonly counters: PerformanceCounters;
  readonly msrs: readonly MsrDevice[];
  readonly clock: LocalClock;
  /** The TSC is not what it was, so a deadline that it is to reach is at another time. */
  readonly tscChanged?: () => void;
  /** Something that an observer of the machine wants to know: never read back by the CPU. */
  readonly observe?: (event: CpuEvent) => void;
}

/** `shutdown` is the third fault (SDM vol. 3, 6.15, interrupt 8). */
export type CpuEvent =
  | { readonly kind: 'exception'; readonly vector: number; readonly error: number | undefined; readonly address: bigint }
  | { readonly kind: 'shutdown' }
  | { readonly kind: 'halt' | 'init' | 'start-up' };
