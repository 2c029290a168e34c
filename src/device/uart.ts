// A 16550A serial port: register accesses ↔ bytes at line speed and one interrupt line. An observer gets a byte when the guest hands
// it over, not when its stop bit has left: nothing is lost at the end of a run, and it is known which CPU wrote it. What the guest
// sees is timed: THRE and TEMT come when the bits have left at the programmed rate. Handshake inputs are always asserted.

import type { Timeline } from '../time/timeline.ts';
import { Alarm } from '../time/timeline.ts';
import { Oscillator } from './clock.ts';
import type { Device, PortRange } from './device.ts';
import { loadAlarm, type SavedAlarm, saveAlarm } from './saved-alarm.ts';

export interface UartWires {
  /** First of the eight ports, such as 0x3F8. */
  readonly port: number;
  /** Machine ticks per second. */
  readonly hz: number;
  readonly now: () => number;
  readonly timeline: Timeline;
  readonly irq: (asserted: boolean) => void;
  /** A byte that the guest sends. */
  readonly onByte: (byte: number) => void;
  /** A byte that the guest wanted to send, and that was lost since the transmitter was full. */
  readonly onLost?: () => void;
}

const CRYSTAL = 1_843_200;
const CRYSTAL_PERIODS_PER_BIT = 16;
const FIFO_SIZE = 16;

const IER = { received: 1, holdingEmpty: 2, lineStatus: 4, modemStatus: 8, writable: 0x0f } as const;
const FCR = { enable: 1, clearReceiver: 2, clearTransmitter: 4 } as const;
const LCR = { dataBits: 0x03, stop2: 0x04, parity: 0x08, divisorLatch: 0x80 } as const;
const MCR = { dtr: 1, rts: 2, out1: 4, out2: 8, loop: 0x10, writable: 0x1f } as const;
/** Number of the line status register. */
const LINE_STATUS = 5;
const LSR = { dataReady: 0x01, overrun: 0x02, holdingEmpty: 0x20, transmitterEmpty: 0x40 } as const;
const MSR = { cts: 0x10, dsr: 0x20, ri: 0x40, dcd: 0x80, trailingRi: 0x04 } as const;

/** Interrupt identification by falling priority; bit 0 set means none. */
const IIR = { lineStatus: 0x06, received: 0x04, timeout: 0x0c, holdingEmpty: 0x02, modemStatus: 0x00, none: 0x01 } as const;
const IIR_FIFOS = 0xc0;
/** Receiver trigger levels by FCR bits 7:6. */
const TRIGGERS = [1, 4, 8, 14] as const;
/** Character times of silence after which a FIFO below its trigger level asks to be read. */
const TIMEOUT_CHARACTERS = 4;

interface UartState {
  divisor: number;
  ier: number;
  fcr: number;
  lcr: number;
  mcr: number;
  scratch: number;
  /** Error bits of LSR, until it is read. */
  errors: number;
  /** Low half of MSR: what has changed since it was read. */
  deltas: number;
  /** The holding register has become empty, and neither a read of IIR nor a new byte has answered that. */
  holdingInterrupt: boolean;
  timeoutInterrupt: boolean;
  asserted: boolean;
  /** The byte in the shift register, or -1. */
  shifting: number;
  /** The holding register or FIFO. */
  transmit: readonly number[];
  receive: readonly number[];
}

/** As a BIOS would leave it: 9600 baud. The chip itself does not define its divisor. */
const RESET: UartState = {
  divisor: 12,
  ier: 0,
  fcr: 0,
  lcr: 0,
  mcr: 0,
  scratch: 0,
  errors: 0,
  deltas: 0,
  holdingInterrupt: false,
  timeoutInterrupt: false,
  asserted: false,
  shifting: -1,
  transmit: [],
  receive: [],
};

export class Uart implements Device {
  readonly name = 'uart';
  readonly ports: readonly PortRange[];
  readonly memory = [];
  readonly #wires: UartWires;
  readonly #crystal: Oscillator;
  readonly #shifted = new Alarm('uart transmitter', (due) => this.#shiftedOut(due));
  readonly #timeout = new Alarm('uart receiver time-out', () => this.#timedOut());
  #state: UartState = { ...RESET };
  /** The last read of LSR cleared no error bits. */
  #hadNoErrors = false;

  constructor(wires: UartWires) {
    this.#wires = wires;
    this.#crystal = new Oscillator(CRYSTAL, wires.hz);
    this.ports = [
      {
        first: wires.port,
        last: wires.port + 7,
        width: 8,
        read: (port) => this.#read(port - wires.port),
        write: (port, value) => this.#write(port - wires.port, value),
        isSteady: (port) => port - wires.port === LINE_STATUS && this.#hadNoErrors,
      },
    ];
  }

  /** A byte from outside. Lost, with an overrun error, when there is no room for it; not heard in loopback. */
  receive(byte: number): void {
    if (!(this.#state.mcr & MCR.loop)) this.#received(byte);
  }

  reset(): void {
    this.load({ ...RESET, shiftedAt: null, timeoutAt: null });
    this.#wires.irq(false);
  }

  save(): UartState & { shiftedAt: SavedAlarm; timeoutAt: SavedAlarm } {
    return { ...this.#state, shiftedAt: saveAlarm(this.#shifted), timeoutAt: saveAlarm(this.#timeout) };
  }

  /** The interrupt controllers remember the level of their lines themselves. */
  load({ shiftedAt, timeoutAt, ...state }: ReturnType<Uart['save']>): void {
    this.#state = { ...state };
    loadAlarm(this.#wires.timeline, this.#shifted, shiftedAt);
    loadAlarm(this.#wires.timeline, this.#timeout, timeoutAt);
  }

  #read(register: number): number {
    const state = this.#state;
    const latch = (state.lcr & LCR.divisorLatch) !== 0;
    switch (register) {
      case 0:
        return latch ? state.divisor & 0xff : this.#readReceiver();
      case 1:
        return latch ? state.divisor >>> 8 : state.ier;
      case 2:
        return this.#readIdentification();
      case 3:
        return state.lcr;
      case 4:
        return state.mcr;
      case 5:
        return this.#readLineStatus();
      case 6:
        return this.#readModemStatus();
      default:
        return state.scratch;
    }
  }

  #write(register: number, value: number): void {
    const state = this.#state;
    const latch = (state.lcr & LCR.divisorLatch) !== 0;
    switch (register) {
      case 0:
        if (latch) state.divisor = (state.divisor & 0xff00) | value;
        else this.#transmit(value);
        break;
      case 1:
        if (latch) state.divisor = (state.divisor & 0x00ff) | (value << 8);
        else this.#writeEnables(value & IER.writable);
        break;
      case 2:
        this.#writeFifoControl(value);
        break;
      case 3:
        state.lcr = value;
        break;
      case 4:
        this.#writeModemControl(value & MCR.writable);
        break;
      case 7:
        state.scratch = value;
        break;
    }
    this.#update();
  }

  // --- transmitter --------------------------------------------------------------------------------------------------------------

  /** A byte that finds the holding register or FIFO full is lost. */
  #transmit(byte: number): void {
    const state = this.#state;
    if (state.transmit.length >= this.#capacity) {
      if (!(state.mcr & MCR.loop)) this.#wires.onLost?.();
      return;
    }
    state.transmit = [...state.transmit, byte];
    state.holdingInterrupt = false;
    if (!(state.mcr & MCR.loop)) this.#wires.onByte(byte);
    if (state.shifting < 0) this.#shiftNext(this.#wires.now());
  }

  #shiftNext(start: number): void {
    const state = this.#state;
    const [next, ...rest] = state.transmit;
    state.shifting = next ?? -1;
    if (next === undefined) return;
    state.transmit = rest;
    if (rest.length === 0) state.holdingInterrupt = true;
    this.#wires.timeline.set(this.#shifted, start + this.#characterTicks);
  }

  #shiftedOut(due: number): void {
    if (this.#state.mcr & MCR.loop) this.#received(this.#state.shifting);
    this.#shiftNext(due);
    this.#update();
  }

  /** Start bit, data bits, parity bit, and 1, 1.5 (with five data bits) or 2 stop bits. */
  get #characterTicks(): number {
    const { lcr, divisor } = this.#state;
    const data = 5 + (lcr & LCR.dataBits);
    const stop = !(lcr & LCR.stop2) ? 1 : data === 5 ? 1.5 : 2;
    const bits = 1 + data + (lcr & LCR.parity ? 1 : 0) + stop;
    return this.#crystal.ticksFor(bits * CRYSTAL_PERIODS_PER_BIT * (divisor || 0x1_0000));
  }

  // --- receiver -----------------------------------------------------------------------------------------------------------------

  #received(byte: number): void {
    const state = this.#state;
    if (state.receive.length < this.#capacity) {
      state.receive = [...state.receive, byte];
    } else {
      state.errors |= LSR.overrun;
      if (!this.#fifos) state.receive = [byte];
    }
    this.#restartTimeout();
    this.#update();
  }

  #readReceiver(): number {
    const [byte = 0, ...rest] = this.#state.receive;
    this.#state.receive = rest;
    this.#restartTimeout();
    this.#update();
    return byte;
  }

  #restartTimeout(): void {
    this.#state.timeoutInterrupt = false;
    if (this.#fifos && this.#state.receive.length > 0) {
      this.#wires.timeline.set(this.#timeout, this.#wires.now() + TIMEOUT_CHARACTERS * this.#characterTicks);
    } else {
      this.#wires.timeline.cancel(this.#timeout);
    }
  }

  #timedOut(): void {
    this.#state.timeoutInterrupt = true;
    this.#update();
  }

  // --- control and status -------------------------------------------------------------------------------------------------------

  get #fifos(): boolean {
    return (this.#state.fcr & FCR.enable) !== 0;
  }

  get #capacity(): number {
    return this.#fifos ? FIFO_SIZE : 1;
  }

  #writeEnables(ier: number): void {
    const state = this.#state;
    const newly = ier & ~state.ier;
    if (newly & IER.holdingEmpty && state.transmit.length === 0) state.holdingInterrupt = true;
    state.ier = ier;
  }

  /** Switching the FIFOs on or off empties them; the other bits count only together with the enabling one. */
  #writeFifoControl(value: number): void {
    const state = this.#state;
    const switched = ((value ^ state.fcr) & FCR.enable) !== 0;
    state.fcr = value & FCR.enable ? value : 0;
    if (switched || state.fcr & FCR.clearTransmitter) state.transmit = [];
    if (switched || state.fcr & FCR.clearReceiver) state.receive = [];
    this.#restartTimeout();
  }

  #writeModemControl(mcr: number): void {
    const before = this.#modemLines;
    this.#state.mcr = mcr;
    const after = this.#modemLines;
    const changed = before ^ after;
    this.#state.deltas |= (changed & (MSR.cts | MSR.dsr | MSR.dcd)) >> 4;
    if (changed & before & MSR.ri) this.#state.deltas |= MSR.trailingRi;
  }

  /** In loopback the outputs are the inputs. */
  get #modemLines(): number {
    const { mcr } = this.#state;
    if (!(mcr & MCR.loop)) return MSR.cts | MSR.dsr | MSR.dcd;
    return (
      (mcr & MCR.rts ? MSR.cts : 0) | (mcr & MCR.dtr ? MSR.dsr : 0) | (mcr & MCR.out1 ? MSR.ri : 0) | (mcr & MCR.out2 ? MSR.dcd : 0)
    );
  }

  #readLineStatus(): number {
    const { receive, transmit, shifting, errors } = this.#state;
    const holdingEmpty = transmit.length === 0;
    this.#hadNoErrors = errors === 0;
    this.#state.errors = 0;
    this.#update();
    return (
      (receive.length > 0 ? LSR.dataReady : 0) |
      errors |
      (holdingEmpty ? LSR.holdingEmpty : 0) |
      (holdingEmpty && shifting < 0 ? LSR.transmitterEmpty : 0)
    );
  }

  #readModemStatus(): number {
    const { deltas } = this.#state;
    this.#state.deltas = 0;
    this.#update();
    return this.#modemLines | deltas;
  }

  #readIdentification(): number {
    const identification = this.#identification;
    if (identification === IIR.holdingEmpty) this.#state.holdingInterrupt = false;
    this.#update();
    return identification | (this.#fifos ? IIR_FIFOS : 0);
  }

  get #identification(): number {
    const { ier, fcr, errors, receive, timeoutInterrupt, holdingInterrupt, deltas } = this.#state;
    const trigger = this.#fifos ? TRIGGERS[fcr >>> 6] : 1;
    if (ier & IER.lineStatus && errors !== 0) return IIR.lineStatus;
    if (ier & IER.received && receive.length >= trigger) return IIR.received;
    if (ier & IER.received && timeoutInterrupt) return IIR.timeout;
    if (ier & IER.holdingEmpty && holdingInterrupt) return IIR.holdingEmpty;
    if (ier & IER.modemStatus && deltas !== 0) return IIR.modemStatus;
    return IIR.none;
  }

  /** On a PC, OUT2 gates the interrupt; loopback disconnects it. */
  #update(): void {
    const gate = (this.#state.mcr & (MCR.out2 | MCR.loop)) === MCR.out2;
    const asserted = gate && this.#identification !== IIR.none;
    if (asserted === this.#state.asserted) return;
    this.#state.asserted = asserted;
    this.#wires.irq(asserted);
  }
}
