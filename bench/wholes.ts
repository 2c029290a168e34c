// What a user waits for: whole processes from start to verdict, the kernel assembled and booted. The preloaded line below makes a process
// tell at its end what it has used.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { assemble, toElf } from '../src/index.ts';
import type { Engine, MachineConfig } from '../src/machine/config.ts';
import { runJob } from './job.ts';
import { readProgram } from './programs.ts';
import { formatSpread, formatTable, spreadOf } from './statistics.ts';
import { ENGINES, type Target, writeImage } from './targets.ts';

interface Used {
  /** On the wall. */
  readonly ms: number;
  /** Of all threads on a processor. */
  readonly cpuMs: number;
  readonly residentMiB: number;
}

const TELL = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs';
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    writeSync(3, JSON.stringify({ cpuMs: (user + system) / 1000, residentMiB: process.resourceUsage().maxRSS / 1024 }));
  });`)}`;

const TIMEOUT_MS = 60_000;

/** Runs `clispin` with `words`; undefined when it takes too long. */
const runClispin = (words: readonly string[]): Promise<Used | undefined> =>
  new Promise((resolve) => {
    const start = performance.now();
    const options = { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] as ('ignore' | 'pipe')[], timeout: TIMEOUT_MS };
    const child = spawn(process.execPath, ['--import', TELL, join('dist', 'cli.js'), ...words], options);
    let told = '';
    child.stdio[3]!.on('data', (data) => (told += data));
    child.on('close', () => resolve(told === '' ? undefined : { ms: performance.now() - start, ...JSON.parse(told) }));
  });

const WHOLES: readonly (readonly [what: string, target: string, words: readonly string[]])[] = [
  ['clispin --help', '', ['--help']],
  ['clispin asm kernel.asm', 'D5: 150 ms', ['asm', 'asm/kernel.asm', '-o', '/dev/null']],
  ['clispin run healthy', '', ['run', 'healthy']],
  ['clispin run hard-cli', 'D3: 600 ms', ['run', 'hard-cli']],
  ['clispin run soft-spin', 'D3: 600 ms', ['run', 'soft-spin']],
  ['clispin run all-cpus-cli --cpus 16', 'D3: 1500 ms', ['run', 'all-cpus-cli', '--cpus', '16']],
];

const buildKernel = (): string => {
  const read = (path: string, from: string | undefined) => {
    const found = [join(dirname(from ?? ''), path), join('asm', path), path].find(existsSync);
    return found === undefined ? undefined : { path: found, text: readFileSync(found, 'utf8') };
  };
  const { object } = assemble(join('asm', 'kernel.asm'), { read, readBytes: () => undefined });
  if (!object) throw new Error('The kernel does not assemble.');
  return writeImage(toElf(object), 'kernel.elf');
};

/** The kernel for so many guest seconds, the guest's part only. */
const runKernel = async (image: string, config: Partial<MachineConfig>, seconds: number): Promise<Used | undefined> => {
  const hz = 1_000_000_000;
  const result = await runJob({ kind: 'machine', image, config: { hz, ...config }, untilTicks: seconds * hz }, TIMEOUT_MS);
  return result && { ms: result.ms, cpuMs: result.ms, residentMiB: result.residentMiB };
};

/** A lockup of 22 guest seconds that a program of `scaling/` makes of its scale in milliseconds; a shorter one where that is too slow. */
const runLockup = async (target: Target, name: string): Promise<Used | undefined> => {
  for (let ms = 22; ; ms *= 10) {
    const sample = await target.measure(readProgram(name), 64, ms);
    if (!sample) return undefined;
    const whole = (sample.ms * 22_000) / ms;
    if (ms === 22_000 || sample.ms > 500) return { ms: whole, cpuMs: whole, residentMiB: sample.residentMiB };
  }
};

/** Code that changes all the time; what matters is the memory. */
const modifyLong = async (target: Target, scale: number): Promise<Used | undefined> => {
  const sample = await target.measure(readProgram('self-modify'), 64, scale);
  return sample && { ms: sample.ms, cpuMs: sample.ms, residentMiB: sample.residentMiB };
};

/** The table of them all. */
export const measureWholes = async (runs: number): Promise<string> => {
  const kernel = buildKernel();
  const fastest = ENGINES[ENGINES.length - 1];
  const engine = fastest.name as Engine;
  const boots = [
    ['kernel, first guest second', 'D5: 150 ms', '', 1],
    ['hard-cli, 24 guest seconds', 'D3: 200 ms', 'scenario=hard-cli', 24],
    ['soft-spin, 24 guest seconds', 'D3: 200 ms', 'scenario=soft-spin', 24],
  ] as const;
  const measures = [
    ...WHOLES.map(([what, target, words]) => ({ what, target, run: () => runClispin(words) })),
    ...boots.map(([what, target, commandLine, seconds]) => ({
      what, target, run: () => runKernel(kernel, { engine, commandLine }, seconds),
    })),
    { what: 'mdelay of 22 guest seconds', target: 'D4: 3000 ms', run: () => runLockup(fastest, 'scaling/delay') },
    { what: 'countdown of 22 guest seconds', target: 'D4: 3000 ms', run: () => runLockup(fastest, 'scaling/countdown') },
    { what: 'self-modify', target: 'D6: 250 MiB', run: () => modifyLong(fastest, 20) },
    { what: 'self-modify, ten times as long', target: 'D6: no more', run: () => modifyLong(fastest, 200) },
  ];
  const rows: string[][] = [];
  for (const { what, target, run } of measures) {
    const used: Used[] = [];
    for (let count = 0; count < runs; count++) {
      const one = await run();
      if (!one) break;
      used.push(one);
      if (one.ms > 10_000) break;
    }
    const show = (key: keyof Used): string => (used.length === 0 ? `over ${TIMEOUT_MS}` : formatSpread(spreadOf(used.map((one) => one[key]))));
    rows.push([what, target, show('ms'), show('cpuMs'), show('residentMiB')]);
    process.stderr.write(`${rows.at(-1)!.join('  ')}\n`);
  }
  return formatTable([[`whole; without clispin: the guest's part, ${engine}`, 'target', 'ms on the wall', 'ms on processors', 'MiB'], ...rows]);
};
