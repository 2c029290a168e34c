// One measurement in a process of its own: nothing that ran before has shaped the host's optimiser, and its memory is its own.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { completeConfig, Machine, type MachineConfig } from '../src/index.ts';
import { threadMs } from './clock.ts';

export type Job =
  /** Runs a program to its end, or whatever it is for `untilTicks`. */
  | { readonly kind: 'machine'; readonly image: string; readonly config: Partial<MachineConfig>; readonly untilTicks?: number }
  /** The same in v86, whose package is in `folder`. */
  | { readonly kind: 'v86'; readonly image: string; readonly folder: string };

export interface JobResult {
  /** Whether the program found its results right. */
  readonly passed: boolean;
  /** From B, or else from the start, to the end; see clock.ts. */
  readonly ms: number;
  /** Instructions retired by all CPUs in that time; 0 where nobody counts. */
  readonly instructions: number;
  /** The most memory that the process has had, in MiB. */
  readonly residentMiB: number;
}

/** What a process does that was started with a job as its argument. */
export const performJob = async (job: Job): Promise<JobResult> => {
  const measured = job.kind === 'machine' ? runMachine(job) : await runV86(job);
  return { ...measured, residentMiB: process.resourceUsage().maxRSS / 1024 };
};

/** Runs a job in a child of this process; undefined, and told why, if it failed or took longer than `timeoutMs`. */
export const runJob = (job: Job, timeoutMs = 120_000): Promise<JobResult | undefined> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--job', JSON.stringify(job)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: timeoutMs,
    });
    const start = performance.now();
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.on('close', (code, signal) => {
      const result = code === 0 ? (JSON.parse(output.trim().split('\n').at(-1)!) as JobResult) : undefined;
      const why = result === undefined ? `its process ended with ${signal ?? `code ${code}`}` : 'it found its results wrong';
      const after = `${Math.round((performance.now() - start) / 1000)} s`;
      if (!result?.passed) console.error(`failed after ${after}, ${why}: ${JSON.stringify(job)}`);
      resolve(result);
    });
  });

type Measured = Omit<JobResult, 'residentMiB'>;

const [BEGIN, PASS, FAIL] = ['B', 'P', 'F'].map((letter) => letter.charCodeAt(0));

const runMachine = ({ image, config: wanted, untilTicks }: Job & { kind: 'machine' }): Measured => {
  const config = completeConfig({ hz: 1_000_000_000, ...wanted });
  if ('errors' in config) throw new Error(config.errors.join('; '));
  const machine = new Machine(config);
  const error = machine.load(readFileSync(image));
  if (error) throw new Error(error.error);
  const retired = (): number => machine.cpus.reduce((sum, cpu) => sum + cpu.time - cpu.haltedTicks - cpu.extraTicks, 0);
  let start = { ms: threadMs(), instructions: 0 };
  let passed = false;
  machine.onConsoleByte = (byte) => {
    if (untilTicks !== undefined) return; // a kernel's messages
    if (byte === BEGIN) start = { ms: threadMs(), instructions: retired() };
    if (byte === PASS) passed = true;
  };
  const outcome = machine.run(untilTicks ?? Number.MAX_SAFE_INTEGER);
  const ms = threadMs() - start.ms;
  passed ||= outcome.kind === 'until';
  if (!passed) console.error([JSON.stringify(outcome), ...machine.cpus.map(({ id }) => machine.describeCpu(id))].join('\n'));
  return { passed, ms, instructions: retired() - start.instructions };
};

interface V86 {
  add_listener(event: 'serial0-output-byte', listener: (byte: number) => void): void;
}

const runV86 = async ({ image, folder }: Job & { kind: 'v86' }): Promise<Measured> => {
  const path = join(folder, 'node_modules', 'v86', 'build');
  const { V86 } = (await import(pathToFileURL(join(path, 'libv86.mjs')).href)) as { V86: new (options: object) => V86 };
  const machine = new V86({
    wasm_path: join(path, 'v86.wasm'),
    memory_size: 64 * 1024 * 1024,
    multiboot: { buffer: Uint8Array.from(readFileSync(image)).buffer },
    autostart: true,
    disable_speaker: true,
  });
  process.on('uncaughtException', () => {}); // how it takes a write to the debug-exit port, when all is over
  return new Promise((resolve) => {
    let start = threadMs();
    machine.add_listener('serial0-output-byte', (byte) => {
      if (byte === BEGIN) start = threadMs();
      if (byte === PASS || byte === FAIL) resolve({ passed: byte === PASS, ms: threadMs() - start, instructions: 0 });
    });
  });
};
