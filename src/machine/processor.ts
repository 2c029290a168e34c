// One CPU with what belongs to it alone: local APIC, counters and the timeline of the alarms it sets for itself. Both keep the CPU's
// own time, so what it does to itself comes at exactly the right boundary (house rule 6).

import type { Bus, CpuEvent } from '../cpu/bus.ts';
import { Cpu } from '../cpu/cpu.ts';
import type { InsnCache } from '../cpu/code/icache.ts';
import type { Ram } from '../cpu/memory/ram.ts';
import type { Translator } from '../cpu/code/translated.ts';
import type { ApicBus } from '../device/ipi.ts';
import { Lapic } from '../device/lapic.ts';
import { NO_PMU, Pmu } from '../device/pmu.ts';
import { Timeline } from '../time/timeline.ts';
import { CpuBus } from './bus.ts';
import type { MachineConfig } from './config.ts';
import { type Part, part } from './snapshot.ts';

/** What the processors of a machine share. */
export interface ProcessorWires {
  readonly config: MachineConfig;
  readonly memory: ArrayBuffer;
  readonly stateOffset: number;
  readonly tlbOffset: number;
  readonly ram: Ram;
  readonly translator: Translator<Cpu> | undefined;
  readonly code: InsnCache<Cpu>;
  readonly bus: Bus;
  readonly apicBus: ApicBus;
  /** End of a level-triggered interrupt. */
  readonly eoi: (vector: number) => void;
  /** The vector that the 8259As give; they are wired to the first CPU. */
  readonly acknowledgeExternal: () => number;
  readonly observe: (cpu: Cpu, event: CpuEvent) => void;
}

export class Processor {
  readonly cpu: Cpu;
  readonly lapic: Lapic;
  /** Undefined when the machine has no counters. */
  readonly pmu: Pmu | undefined;
  readonly clock = new Timeline();

  constructor(id: number, wires: ProcessorWires) {
    const { config, apicBus } = wires;
    // The CPU's constructor may already use these wires; nothing calls back before it is there.
    this.lapic = new Lapic({
      id,
      bootstrap: id === 0,
      now: () => this.cpu.time,
      tsc: () => this.cpu.tsc,
      timeline: this.clock,
      nmi: () => this.cpu.raiseNmi(),
      init: () => this.cpu.raiseInit(),
      sipi: (vector) => this.cpu.raiseSipi(vector),
      changed: () => this.cpu?.interruptChanged(),
      send: (message) => apicBus.send(message, this.lapic),
      eoi: wires.eoi,
      acknowledgeExternal: wires.acknowledgeExternal,
    });
    this.pmu = config.pmu
      ? new Pmu({
          now: () => this.cpu.time,
          cycles: () => this.cpu.time - this.cpu.haltedTicks,
          retired: () => this.cpu.time - this.cpu.haltedTicks - this.cpu.extraTicks,
          timeline: this.clock,
          performanceInterrupt: () => this.lapic.performanceInterrupt(),
        })
      : undefined;
    const counters = this.pmu ?? NO_PMU;
    this.cpu = new Cpu({
      id,
      memory: wires.memory,
      stateOffset: wires.stateOffset,
      tlbOffset: wires.tlbOffset,
      ram: wires.ram,
      code: wires.code,
      wires: {
        bus: new CpuBus(this.lapic, wires.bus),
        interrupts: this.lapic,
        counters,
        msrs: [this.lapic, counters],
        clock: this.clock,
        tscChanged: () => this.lapic.timer.tscChanged(),
        observe: (event) => wires.observe(this.cpu, event),
      },
      fastForward: config.fastForward,
      translator: wires.translator,
      identity: { cpus: config.cpus, apicId: id, hz: config.hz, pmu: config.pmu },
    });
    this.clock.onSooner = (due) => this.cpu.shorten(due);
    apicBus.attach(this.lapic);
  }

  /** What has a state besides the CPU's block. */
  get parts(): readonly Part[] {
    const { id } = this.cpu;
    return [part(`lapic${id}`, this.lapic), ...(this.pmu ? [part(`pmu${id}`, this.pmu)] : [])];
  }
}
