// Interrupt requests → what is to be delivered now: IRR, ISR, TMR and TPR of a local APIC, and the rule of priorities between them
// (SDM vol. 3, 10.8.3 and 10.8.4). A class is the upper half of a vector.

import { VectorSet } from './vector-set.ts';

export class InterruptQueue {
  /** IRR. */
  readonly requested = new VectorSet();
  /** ISR. */
  readonly inService = new VectorSet();
  /** TMR: those whose EOI is broadcast. */
  readonly levelTriggered = new VectorSet();
  /** TPR, eight bits. */
  taskPriority = 0;

  /** PPR: TPR, or the class in service if that is higher. */
  get processorPriority(): number {
    const served = Math.max(0, this.inService.highest);
    return this.taskPriority >> 4 >= served >> 4 ? this.taskPriority : served & 0xf0;
  }

  /** The highest request if its class is above PPR's, or -1. */
  get deliverable(): number {
    const highest = this.requested.highest;
    return highest >> 4 > this.processorPriority >> 4 ? highest : -1;
  }

  request(vector: number, level: boolean): void {
    this.requested.set(vector, true);
    this.levelTriggered.set(vector, level);
  }

  serve(vector: number): void {
    this.requested.set(vector, false);
    this.inService.set(vector, true);
  }

  /** Ends the highest in service and gives it, or -1. */
  end(): number {
    const vector = this.inService.highest;
    if (vector >= 0) this.inService.set(vector, false);
    return vector;
  }

  reset(): void {
    for (const set of [this.requested, this.inService, this.levelTriggered]) set.clear();
    this.taskPriority = 0;
  }

  save() {
    return {
      requested: this.requested.save(),
      inService: this.inService.save(),
      levelTriggered: this.levelTriggered.save(),
      taskPriority: this.taskPriority,
    };
  }

  load(state: ReturnType<InterruptQueue['save']>): void {
    this.requested.load(state.requested);
    this.inService.load(state.inService);
    this.levelTriggered.load(state.levelTriggered);
    this.taskPriority = state.taskPriority;
  }
}
