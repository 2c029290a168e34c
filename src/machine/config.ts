// What a user asks for → everything that can influence a run besides the image. The digest of both names the run: the same name
// gives the same journal. What cannot influence it (`engine`, `fastForward`) is not in the digest. A wrong value is a message that names the
// field, never a machine that behaves oddly.

import { Hash } from '../base/hash.ts';

export interface BootModule {
  /** Its command line for the kernel; by convention the first word is its name. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface MachineConfig {
  readonly cpus: number;
  readonly ramBytes: number;
  /** Ticks in a guest second: TSC, APIC timer and core run at this rate. */
  readonly hz: number;
  /** Length of a turn in ticks, or with a seed the greatest length. */
  readonly turn: number;
  /** 0: all turns are equally long. Else it chooses a length from 1 to `turn` for each. */
  readonly seed: number;
  /** Whether there are performance counters, and so a hard lockup detector that works. */
  readonly pmu: boolean;
  readonly commandLine: string;
  readonly modules: readonly BootModule[];
  /** The image is no kernel but what a BIOS reads from a disk and starts in real mode. */
  readonly bootSector: boolean;
  /** Whether loops that change nothing are taken in one step. No result depends on it. */
  readonly fastForward: boolean;
  /** Whether hot code is translated to WebAssembly, if the host has that. No result depends on it either. */
  readonly engine: Engine;
}

export const ENGINES = ['interpret', 'translate'] as const;
export type Engine = (typeof ENGINES)[number];

const MIB = 1024 * 1024;

export const DEFAULT_CONFIG: MachineConfig = {
  cpus: 2,
  ramBytes: 64 * MIB,
  hz: 1_000_000_000,
  turn: 1000,
  seed: 0,
  pmu: true,
  commandLine: '',
  modules: [],
  bootSector: false,
  fastForward: true,
  engine: 'translate',
};

/** The numbers, with the range of each in its own unit. */
const RANGES = {
  cpus: [1, 32],
  ramBytes: [16 * MIB, 2048 * MIB],
  hz: [100_000, 5_000_000_000],
  turn: [1, 100_000],
  seed: [0, 0xffff_ffff],
} as const satisfies Partial<Record<keyof MachineConfig, readonly [number, number]>>;

/** A complete configuration, or messages such as `cpus: 33 is not in 1..32`. */
export const completeConfig = (wanted: Partial<MachineConfig>): MachineConfig | { readonly errors: readonly string[] } => {
  const config = { ...DEFAULT_CONFIG, ...wanted };
  const errors: string[] = [];
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = config[name as keyof typeof RANGES];
    if (!Number.isInteger(value)) errors.push(`${name}: ${value} is not an integer`);
    else if (value < least || value > most) errors.push(`${name}: ${value} is not in ${least}..${most}`);
  }
  if (config.ramBytes % 4096 !== 0) errors.push(`ramBytes: ${config.ramBytes} is not a multiple of 4096`);
  if (!ENGINES.includes(config.engine)) errors.push(`engine: ${config.engine} is not one of ${ENGINES.join(', ')}`);
  for (const [index, text] of [config.commandLine, ...config.modules.map(({ name }) => name)].entries()) {
    const name = index === 0 ? 'commandLine' : `modules[${index - 1}].name`;
    if (text.includes('\0')) errors.push(`${name}: has a zero character in it`);
    if (text.length > 4096) errors.push(`${name}: ${text.length} characters are more than 4096`);
  }
  return errors.length > 0 ? { errors } : config;
};

/** 16 hexadecimal digits that name the run of `image` on such a machine. */
export const digest = (config: MachineConfig, image: Uint8Array): string => {
  const hash = new Hash();
  for (const name of Object.keys(RANGES) as (keyof typeof RANGES)[]) hash.number(config[name]);
  hash
    .number((config.pmu ? 1 : 0) + (config.bootSector ? 2 : 0))
    .text(config.commandLine)
    .number(config.modules.length);
  for (const { name, bytes } of config.modules) hash.text(name).bytes(bytes);
  return hash.bytes(image).finish();
};
