// A seed → a guest program that misuses everything it can reach, as a source in which each line stands for itself: a failing one can be
// read, made smaller by leaving lines out, and kept. Its first lines say on what machine it runs.

import { readFileSync } from 'node:fs';
import { assemble, type BootModule, completeConfig, formatDiagnostic, type MachineConfig, toFlat } from '../../src/index.ts';
import { Random } from '../../src/base/random.ts';
import { randomLine } from './guest-lines.ts';
import { pick } from './pick.ts';

export interface GuestCase {
  readonly config: MachineConfig;
  readonly ticks: number;
  readonly image: Uint8Array;
}

const LINES = 90;
const MIB = 1024 * 1024;
const FOLDER = 'test/fuzz';

export const guestSource = (seed: number): string => {
  const random = new Random(seed);
  const mode = pick(random, [16, 32, 32, 64, 64, 64, 64] as const);
  const lines = 20 + random.below(LINES);
  const machine = {
    cpus: pick(random, [1, 1, 2, 3]),
    turn: pick(random, [1, 7, 60, 100, 1000]),
    seed: pick(random, [0, 0, random.next()]),
    hz: pick(random, [100_000, 1_000_000, 3_000_000_000]),
    pmu: pick(random, [1, 1, 1, 0]),
    ticks: pick(random, [500, 3000, 3000, 20_000]),
  };
  const settings = {
    MODE: mode,
    PAGING: pick(random, [0, 1, 2]),
    USER: pick(random, [0, 0, 1]),
    PORTS: pick(random, [0, 0, 0xff, 0x5a]),
    IST: pick(random, [0, 1, 1]),
    GATE: pick(random, [0x8e, 0xee, 0xef, 0xee]),
    FAULT_SKIP: pick(random, [0, 1, 2, 2, 2, 3]),
    IRQ_SKIP: pick(random, [0, 0, 1, 2, 2]),
    CR4: pick(random, [0, 0, 0x100, 0x80, 0x30_0000, 0x1_0000]),
    FLAGS: pick(random, [0x202, 0x202, 0x3202, 2, 0x302, 0x4_0202]),
  };
  const start = (): string => `L${random.below(lines)}`;
  return [
    `; machine: ${JSON.stringify(machine)}`,
    ...Object.entries({ ...settings, START0: 'L0', START1: start(), START2: start(), START3: start() }).map(
      ([name, value]) => `%define ${name} ${value}`,
    ),
    '%include "guest.inc"',
    ...Array.from({ length: lines }, (_, line) => `L${line}: ${randomLine(random, { mode, line, lines })}`),
    'jmp near L0',
    '',
  ].join('\n');
};

/** The machine and the image of a source that begins as those of `guestSource` do. */
export const readGuest = (source: string): GuestCase => {
  const { ticks, pmu, ...machine } = JSON.parse(/^; machine: (.*)$/m.exec(source)![1]);
  const io = {
    read: (path: string) => ({ path, text: path === 'case.asm' ? source : readFileSync(`${FOLDER}/${path}`, 'utf8') }),
    readBytes: () => undefined,
  };
  const { object, diagnostics } = assemble('case.asm', io);
  if (!object) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  const modules: BootModule[] = [];
  const config = completeConfig({ ...machine, pmu: pmu === 1, ramBytes: 16 * MIB, modules });
  if ('errors' in config) throw new Error(config.errors.join('\n'));
  return { config, ticks, image: toFlat(object) };
};
