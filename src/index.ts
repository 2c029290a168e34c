// The public API: all that the command line, the web page and other programs may use.

// The machine: configuration and image in, journal and outcome out.
export { type BootModule, completeConfig, DEFAULT_CONFIG, type MachineConfig } from './machine/config.ts';
export { type Entry, formatEntry, type Journal } from './machine/journal.ts';
export { Machine, type Outcome } from './machine/machine.ts';
