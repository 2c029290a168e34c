// The local APIC of one CPU: register accesses, interrupt messages and local events → the vector to deliver, NMIs, INITs and
// messages to others (SDM vol. 3, chapter 10). `pendingVector` is kept up to date, so that the CPU's question costs one comparison.
// ExtINT lets the 8259As on LINT0 interrupt, past IRR and PPR. SMI does nothing: there is no system-management mode.

import type { Timeline } from '../time/timeline.ts';
import { type ApicBase, type ApicMode, readApicBase, writeApicBase } from './apic-base.ts';
import { InterruptQueue } from './interrupt-queue.ts';
import { type ApicMessage, type ApicPort, type Destination, deliveryModeOf, messageOfIcr } from './ipi.ts';
import { LAPIC_REGISTERS, type LapicRegister, LVT_OFFSETS, LVT_STATUS, MASKED, offsetOf } from './lapic-registers.ts';
import { LapicTimer } from './lapic-timer.ts';

export interface LapicWires {
  /** Initial APIC id, 0..254. */
  readonly id: number;
  /** Whether this is the bootstrap processor (IA32_APIC_BASE bit 8). */
  readonly bootstrap: boolean;
  /** The CPU's own time, in ticks. */
  readonly now: () => number;
  /** The CPU's TSC, when it is not its time. */
  readonly tsc?: () => bigint;
  /** The CPU's own timeline. */
  readonly timeline: Timeline;
  readonly nmi: () => void;
  readonly init: () => void;
  readonly sipi: (vector: number) => void;
  /** `pendingVector` is another than it was. */
  readonly changed: () => void;
  /** A message for the bus. */
  readonly send: (message: ApicMessage) => void;
  /** End of a level-triggered interrupt, for the I/O APIC. */
  readonly eoi: (vector: number) => void;
  /** The acknowledge cycle of an ExtINT: the vector that the 8259As give. */
  readonly acknowledgeExternal?: () => number;
}

/** `pendingVector` when the 8259As ask, past all priorities: acknowledging tells their vector. */
export const EXTERNAL = 256;

const DEFAULT_PAGE = 0xfee0_0000;
const IA32_APIC_BASE = 0x1b;
const IA32_TSC_DEADLINE = 0x6e0;
const X2APIC_FIRST = 0x800;
const X2APIC_LAST = 0x8ff;

const SVR_ENABLED = 0x100;
const FLAT_MODEL = 0xf;
const XAPIC_BROADCAST = 0xff;
const X2APIC_BROADCAST = 0xffff_ffff;

/** Bits of the error status register. */
const SEND_ILLEGAL_VECTOR = 0x20;
const RECEIVE_ILLEGAL_VECTOR = 0x40;
const ILLEGAL_REGISTER_ADDRESS = 0x80;

const LDR = offsetOf('LDR');
const DFR = offsetOf('DFR');
const SVR = offsetOf('SVR');
const ICR = offsetOf('ICR');
const ICR_HIGH = offsetOf('ICR_HIGH');
const LVT_TIMER = offsetOf('LVT_TIMER');
const LVT_PERFMON = offsetOf('LVT_PERFMON');
const LVT_LINT = [offsetOf('LVT_LINT0'), offsetOf('LVT_LINT1')] as const;
const LVT_ERROR = offsetOf('LVT_ERROR');
/** Delivery modes of an LVT entry. */
const NMI_MODE = 0x400;
const EXTINT_MODE = 0x700;

const REGISTER_AT = new Map(LAPIC_REGISTERS.map((register) => [register.offset, register]));

export class Lapic implements ApicPort {
  readonly name: string;
  readonly id: number;
  readonly timer: LapicTimer;
  /** The vector that would be delivered now: EXTERNAL, or the highest request with its class above PPR's, or -1. */
  pendingVector = -1;

  readonly #wires: LapicWires;
  /** Plain registers, by offset. */
  readonly #values = new Uint32Array(0x400);
  readonly #queue = new InterruptQueue();
  /** Errors since ESR was last written; ESR itself is one of the plain registers. */
  #errors = 0;
  #base: ApicBase;
  /** The level of the pin that the 8259As are on. */
  #lint0 = false;

  constructor(wires: LapicWires) {
    this.name = `lapic${wires.id}`;
    this.id = wires.id;
    this.#wires = wires;
    this.#base = { mode: 'xapic', page: DEFAULT_PAGE, bootstrap: wires.bootstrap };
    this.timer = new LapicTimer({
      now: wires.now,
      tsc: wires.tsc ?? (() => BigInt(wires.now())),
      timeline: wires.timeline,
      expire: () => this.#raise(LVT_TIMER),
    });
    this.#resetRegisters();
  }

  get mode(): ApicMode {
    return this.#base.mode;
  }

  /** Physical address of the register page, or -1 while there is none (off, or in x2APIC mode). */
  get page(): number {
    return this.#base.mode === 'xapic' ? this.#base.page : -1;
  }

  // --- the CPU's side -----------------------------------------------------------------------------------------------------------

  /** IRR to ISR, and the vector to deliver; the spurious one, with nothing in service, if the request has vanished. */
  acknowledge(): number {
    const vector = this.pendingVector;
    if (vector === EXTERNAL && this.#wires.acknowledgeExternal) return this.#wires.acknowledgeExternal();
    if (vector < 0) return this.#values[SVR] & 0xff;
    this.#queue.serve(vector);
    this.#update();
    return vector;
  }

  /** CR8, which is TPR[7:4]. */
  get taskPriority(): number {
    return this.#queue.taskPriority >> 4;
  }

  set taskPriority(priority: number) {
    this.#queue.taskPriority = priority << 4;
    this.#update();
  }

  get processorPriority(): number {
    return this.#queue.processorPriority;
  }

  /** After an INIT: registers as after reset; id, mode and base are kept (SDM vol. 3, 10.4.7.3). */
  init(): void {
    this.#resetRegisters();
    this.#update();
  }

  reset(): void {
    this.#base = { mode: 'xapic', page: DEFAULT_PAGE, bootstrap: this.#wires.bootstrap };
    this.init();
  }

  /** A counter has overflowed. Delivery masks LVT_PERFMON; masked, the interrupt is lost (SDM vol. 3, 10.5.1). */
  performanceInterrupt(): void {
    if (this.#values[LVT_PERFMON] & MASKED) return;
    this.#raise(LVT_PERFMON);
    this.#values[LVT_PERFMON] |= MASKED;
  }

  /** As a BIOS leaves the bootstrap processor's: enabled, the 8259As on LINT0, the NMI line on LINT1 (MP specification 1.4, 3.6.2.2). */
  enterVirtualWireMode(): void {
    this.#values[SVR] |= SVR_ENABLED;
    this.#values[LVT_LINT[0]] = EXTINT_MODE;
    this.#values[LVT_LINT[1]] = NMI_MODE;
    this.#update();
  }

  /** The level of LINT0: the output of the 8259As. */
  set lint0(asserted: boolean) {
    if (asserted === this.#lint0) return;
    this.#lint0 = asserted;
    if (asserted) this.signal(0);
    this.#update();
  }

  /** An edge on LINT0 or LINT1. */
  signal(lint: 0 | 1): void {
    this.#raise(LVT_LINT[lint]);
  }

  // --- the bus's side -----------------------------------------------------------------------------------------------------------

  accepts(destination: Destination): boolean {
    if (this.#base.mode === 'disabled') return false;
    if (destination.kind === 'physical') return destination.id === this.id;
    return destination.kind !== 'logical' || this.#acceptsLogical(destination.id);
  }

  receive(message: ApicMessage): void {
    switch (message.delivery) {
      case 'fixed':
      case 'lowest':
        return this.#request(message.vector, message.level);
      case 'nmi':
        return this.#wires.nmi();
      case 'init':
        return this.#wires.init();
      case 'start-up':
        return this.#wires.sipi(message.vector);
    }
  }

  // --- register accesses --------------------------------------------------------------------------------------------------------

  /** An access to the register page; anything but an aligned 32-bit one reads as all ones and writes nothing. */
  readMemory(offset: number, size: number): number {
    if (size !== 32 || offset & 15) return 2 ** size - 1;
    const register = REGISTER_AT.get(offset);
    if (register && register.mode !== 'x2apic') return register.access === 'w' ? 0 : this.#read(register);
    this.#error(ILLEGAL_REGISTER_ADDRESS);
    return 0;
  }

  writeMemory(offset: number, value: number, size: number): void {
    if (size !== 32 || offset & 15) return;
    const register = REGISTER_AT.get(offset);
    if (!register || register.mode === 'x2apic') this.#error(ILLEGAL_REGISTER_ADDRESS);
    else if (register.access !== 'r') this.#write(register, value);
  }

  /** `undefined` where RDMSR is #GP(0), also for MSRs that are not the local APIC's. */
  readMsr(index: number): bigint | undefined {
    if (index === IA32_APIC_BASE) return readApicBase(this.#base);
    if (index === IA32_TSC_DEADLINE) return this.timer.deadline;
    const register = this.#x2apicRegister(index);
    if (!register || register.access === 'w') return undefined;
    const value = BigInt(this.#read(register));
    return register.offset === ICR ? (BigInt(this.#values[ICR_HIGH]) << 32n) | value : value;
  }

  /** False where WRMSR is #GP(0). */
  writeMsr(index: number, value: bigint): boolean {
    if (index === IA32_APIC_BASE) return this.#writeBase(value);
    if (index === IA32_TSC_DEADLINE) {
      this.timer.deadline = value;
      return true;
    }
    const register = this.#x2apicRegister(index);
    if (!register || register.access === 'r' || register.offset === LDR) return false;
    const isIcr = register.offset === ICR;
    const status = LVT_OFFSETS.includes(register.offset) ? LVT_STATUS : 0;
    const reserved = ~(register.writable | status) >>> 0;
    const low = Number(value & 0xffff_ffffn);
    const high = Number(value >> 32n);
    if ((low & reserved) !== 0 || (high !== 0 && !isIcr)) return false;
    if (isIcr) this.#values[ICR_HIGH] = high;
    this.#write(register, low);
    return true;
  }

  save() {
    return {
      base: this.#base,
      values: Object.fromEntries(LAPIC_REGISTERS.map(({ offset, name }) => [name, this.#values[offset]])),
      queue: this.#queue.save(),
      errors: this.#errors,
      timer: this.timer.save(),
    };
  }

  load(state: ReturnType<Lapic['save']>): void {
    this.#base = state.base;
    for (const { offset, name } of LAPIC_REGISTERS) this.#values[offset] = state.values[name];
    this.#queue.load(state.queue);
    this.#errors = state.errors;
    this.timer.load(state.timer);
    this.#update();
  }

  #x2apicRegister(index: number): LapicRegister | undefined {
    if (this.#base.mode !== 'x2apic' || index < X2APIC_FIRST || index > X2APIC_LAST) return undefined;
    const register = REGISTER_AT.get((index - X2APIC_FIRST) << 4);
    return register && register.mode !== 'xapic' ? register : undefined;
  }

  #read({ offset, name }: LapicRegister): number {
    const word = (offset >>> 4) & 7;
    if (name.startsWith('ISR')) return this.#queue.inService.words[word];
    if (name.startsWith('TMR')) return this.#queue.levelTriggered.words[word];
    if (name.startsWith('IRR')) return this.#queue.requested.words[word];
    switch (name) {
      case 'ID':
        return this.#base.mode === 'x2apic' ? this.id : (this.id << 24) >>> 0;
      case 'LDR':
        return this.#base.mode === 'x2apic' ? this.#x2apicLogicalId : this.#values[LDR];
      case 'TPR':
        return this.#queue.taskPriority;
      case 'PPR':
        return this.#queue.processorPriority;
      case 'INITIAL_COUNT':
        return this.timer.initialCount;
      case 'CURRENT_COUNT':
        return this.timer.currentCount;
      case 'DIVIDE_CONFIGURATION':
        return this.timer.divideConfiguration;
      default:
        return this.#values[offset];
    }
  }

  #write({ offset, name, writable }: LapicRegister, written: number): void {
    const value = ((this.#values[offset] & ~writable) | (written & writable)) >>> 0;
    switch (name) {
      case 'TPR':
        this.#queue.taskPriority = value;
        return this.#update();
      case 'EOI':
        return this.#endOfInterrupt();
      case 'ESR':
        this.#values[offset] = this.#errors;
        this.#errors = 0;
        return;
      case 'ICR':
        this.#values[offset] = value;
        return this.#sendIpi(value);
      case 'SELF_IPI':
        return this.#request(value, false);
      case 'INITIAL_COUNT':
        this.timer.initialCount = value;
        return;
      case 'DIVIDE_CONFIGURATION':
        this.timer.divideConfiguration = value;
        return;
      case 'SVR':
        this.#values[offset] = value;
        if (!this.#softwareEnabled) for (const lvt of LVT_OFFSETS) this.#setLvt(lvt, this.#values[lvt]);
        return;
      default:
        if (LVT_OFFSETS.includes(offset)) this.#setLvt(offset, value);
        else this.#values[offset] = value;
    }
  }

  /** Stores an LVT entry; while the APIC is software-disabled its mask bit stays set (SDM vol. 3, 10.4.7.2). */
  #setLvt(offset: number, value: number): void {
    this.#values[offset] = this.#softwareEnabled ? value : value | MASKED;
    if (offset === LVT_TIMER) this.timer.setLvt(this.#values[offset]);
    if (offset === LVT_LINT[0]) this.#update();
  }

  #writeBase(value: bigint): boolean {
    const base = writeApicBase(this.#base.mode, value);
    if (!base) return false;
    const switched = base.mode !== this.#base.mode;
    this.#base = base;
    if (switched && base.mode === 'disabled') this.#resetRegisters();
    if (switched && base.mode === 'x2apic') this.#values[ICR_HIGH] = 0;
    this.#update();
    return true;
  }

  // --- what happens -------------------------------------------------------------------------------------------------------------

  get #softwareEnabled(): boolean {
    return (this.#values[SVR] & SVR_ENABLED) !== 0;
  }

  /** Cluster in the high half, one bit in the low half (SDM vol. 3, 10.12.10.2). */
  get #x2apicLogicalId(): number {
    return (((this.id >>> 4) << 16) | (1 << (this.id & 15))) >>> 0;
  }

  #acceptsLogical(id: number): boolean {
    if (this.#base.mode === 'x2apic') {
      const mine = this.#x2apicLogicalId;
      return id === X2APIC_BROADCAST || (id >>> 16 === mine >>> 16 && (id & mine & 0xffff) !== 0);
    }
    const mine = this.#values[LDR] >>> 24;
    if (this.#values[DFR] >>> 28 === FLAT_MODEL) return (id & mine) !== 0;
    return (id >>> 4 === 0xf || id >>> 4 === mine >>> 4) && (id & mine & 0xf) !== 0;
  }

  #sendIpi(low: number): void {
    const high = this.#values[ICR_HIGH];
    const message =
      this.#base.mode === 'x2apic' ? messageOfIcr(low, high, X2APIC_BROADCAST) : messageOfIcr(low, high >>> 24, XAPIC_BROADCAST);
    if (!message) return;
    const isVectored = message.delivery === 'fixed' || message.delivery === 'lowest';
    if (isVectored && message.vector < 16) this.#error(SEND_ILLEGAL_VECTOR);
    else this.#wires.send(message);
  }

  /** An event of this LVT entry. */
  #raise(lvt: number): void {
    const entry = this.#values[lvt];
    if (entry & MASKED) return;
    switch (deliveryModeOf(entry)) {
      case 'fixed':
        return this.#request(entry & 0xff, false);
      case 'nmi':
        return this.#wires.nmi();
      case 'init':
        return this.#wires.init();
    }
  }

  #request(vector: number, level: boolean): void {
    if (!this.#softwareEnabled) return;
    if (vector < 16) return this.#error(RECEIVE_ILLEGAL_VECTOR);
    this.#queue.request(vector, level);
    this.#update();
  }

  /** The first error since ESR was written raises the error interrupt (SDM vol. 3, 10.5.3). */
  #error(bit: number): void {
    const armed = this.#errors === 0;
    this.#errors |= bit;
    if (armed) this.#raise(LVT_ERROR);
  }

  #endOfInterrupt(): void {
    const vector = this.#queue.end();
    if (vector < 0) return;
    if (this.#queue.levelTriggered.has(vector)) this.#wires.eoi(vector);
    this.#update();
  }

  #update(): void {
    const own = this.#base.mode === 'disabled' ? -1 : this.#queue.deliverable;
    const pending = this.#lint0 && this.#takesExternal ? EXTERNAL : own;
    if (pending === this.pendingVector) return;
    this.pendingVector = pending;
    this.#wires.changed();
  }

  /** Without a local APIC the pin is the processor's INTR (SDM vol. 3, 10.4.3). */
  get #takesExternal(): boolean {
    const entry = this.#values[LVT_LINT[0]];
    return this.#base.mode === 'disabled' || (!(entry & MASKED) && deliveryModeOf(entry) === 'extint');
  }

  #resetRegisters(): void {
    for (const { offset, reset } of LAPIC_REGISTERS) this.#values[offset] = reset;
    this.#queue.reset();
    this.#errors = 0;
    this.timer.reset();
  }
}
