// What the machine knows of a device: a name, the addresses it answers to, and its state. Everything else a device needs or does
// goes through the wires (functions) that its constructor is given, so that it can be tested alone.

/** Width of one access in bits. */
export type Width = 8 | 16 | 32;

/**
 * I/O ports `first`..`last`. Accesses wider than `width` reach the device as several of `width` bits, in ascending order; an access
 * that the range does not hold entirely is the bus's to split. Values are unsigned.
 */
export interface PortRange {
  readonly first: number;
  readonly last: number;
  readonly width: Width;
  read(port: number, size: Width): number;
  write(port: number, value: number, size: Width): void;
  /** Whether the last read of the port has changed nothing, so that the next gives the same unless an alarm or a write comes before it. */
  isSteady?(port: number): boolean;
}

/** `length` bytes of physical memory from `first`; handlers get the offset in them. 64-bit accesses arrive as two of 32 bits. */
export interface MemoryRange {
  readonly first: number;
  readonly length: number;
  read(offset: number, size: Width): number;
  write(offset: number, value: number, size: Width): void;
}

/** `save` gives plain JSON values, and `load` takes what `save` gave; clocks and CPUs are loaded before devices. */
export interface Device {
  readonly name: string;
  readonly ports: readonly PortRange[];
  readonly memory: readonly MemoryRange[];
  reset(): void;
  save(): unknown;
  load(state: never): void;
}
