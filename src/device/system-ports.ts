// Ports by which a guest resets or leaves the machine, or says something: keyboard controller, ports 0x92 and 0xCF9, debug exit,
// debug console, POST code. The PCI configuration ports are here too, because 0xCF9 lies among them: they say that there is no PCI.

import type { Device, PortRange } from './device.ts';

export interface SystemPortWires {
  /** The guest wants the machine reset; `by` names the port. */
  readonly reset: (by: string) => void;
  /** The guest leaves with this process exit code, which is odd: (value << 1) | 1. */
  readonly exit: (code: number) => void;
  /** A byte for the debug console, port 0xE9. */
  readonly onDebugByte: (byte: number) => void;
  /** A power-on self-test code, port 0x80. */
  readonly onPostCode?: (code: number) => void;
}

const KEYBOARD = {
  data: 0x60,
  /** System flag, keyboard not locked, nothing to read, ready for a command. */
  status: 0x14,
  /** Commands F0..FF pulse the output lines whose bit is 0; line 0 is the reset. */
  pulse: 0xf0,
} as const;

const FAST_RESET = 0x01;
const A20 = 0x02;

const RESET_CONTROL = 0xcf9;
const RESET_CPU = 0x04;
const RESET_CONTROL_WRITABLE = 0x0e;
const CONFIG_ADDRESS = 0xcf8;
const CONFIG_ADDRESS_WRITABLE = 0x80ff_fffc;

const DEBUG_EXIT = 0xf4;
/** Reading the debug console gives its own number: so a guest knows that it is there. */
const DEBUG_CONSOLE = 0xe9;

const RESET = { port92: A20, resetControl: 0, configAddress: 0, postCode: 0 };

export class SystemPorts implements Device {
  readonly name = 'system ports';
  readonly memory = [];
  readonly ports: readonly PortRange[];
  readonly #wires: SystemPortWires;
  #state = { ...RESET };

  constructor(wires: SystemPortWires) {
    this.#wires = wires;
    const nothing = () => 0;
    const ignore = () => {};
    this.ports = [
      { first: KEYBOARD.data, last: KEYBOARD.data, width: 8, read: nothing, write: ignore },
      { first: 0x64, last: 0x64, width: 8, read: () => KEYBOARD.status, write: (_, value) => this.#keyboardCommand(value) },
      { first: 0x80, last: 0x80, width: 8, read: () => this.#state.postCode, write: (_, value) => this.#writePostCode(value) },
      { first: 0x92, last: 0x92, width: 8, read: () => this.#state.port92, write: (_, value) => this.#writePort92(value) },
      { first: DEBUG_CONSOLE, last: DEBUG_CONSOLE, width: 8, read: () => DEBUG_CONSOLE, write: (_, value) => wires.onDebugByte(value) },
      { first: DEBUG_EXIT, last: DEBUG_EXIT + 3, width: 32, read: nothing, write: (_, value) => wires.exit(((value << 1) | 1) & 0xff) },
      {
        first: CONFIG_ADDRESS,
        last: CONFIG_ADDRESS + 7,
        width: 32,
        read: (port, size) => this.#readConfig(port, size),
        write: (port, value, size) => this.#writeConfig(port, value, size),
      },
    ];
  }

  reset(): void {
    this.#state = { ...RESET };
  }

  save() {
    return { ...this.#state };
  }

  load(state: ReturnType<SystemPorts['save']>): void {
    this.#state = { ...state };
  }

  #keyboardCommand(value: number): void {
    if (value >= KEYBOARD.pulse && !(value & 1)) this.#wires.reset('port 0x64');
  }

  #writePostCode(value: number): void {
    this.#state.postCode = value;
    this.#wires.onPostCode?.(value);
  }

  /** The A20 bit is kept but address line 20 is always on. */
  #writePort92(value: number): void {
    const rising = value & ~this.#state.port92;
    this.#state.port92 = value & (FAST_RESET | A20);
    if (rising & FAST_RESET) this.#wires.reset('port 0x92');
  }

  /** Only a 32-bit access reaches the address register; a byte at 0xCF9 is the reset control register. */
  #readConfig(port: number, size: number): number {
    if (port === CONFIG_ADDRESS && size === 32) return this.#state.configAddress;
    if (port === RESET_CONTROL && size === 8) return this.#state.resetControl;
    return 2 ** size - 1;
  }

  #writeConfig(port: number, value: number, size: number): void {
    if (port === CONFIG_ADDRESS && size === 32) this.#state.configAddress = (value & CONFIG_ADDRESS_WRITABLE) >>> 0;
    if (port !== RESET_CONTROL || size !== 8) return;
    const rising = value & ~this.#state.resetControl;
    this.#state.resetControl = value & RESET_CONTROL_WRITABLE;
    if (rising & RESET_CPU) this.#wires.reset('port 0xCF9');
  }
}
