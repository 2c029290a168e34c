// Whatever can execute a benchmark: our engines, other emulators, the processor itself. Each takes a program at some scale and says what
// it cost, so that they can be compared in turn.

import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, ENGINES as ENGINE_NAMES, type MachineConfig } from '../src/machine/config.ts';
import { processMs } from './clock.ts';
import { runJob } from './job.ts';
import { type Bits, build, type Program } from './programs.ts';

export interface Sample {
  readonly ms: number;
  readonly operations: number;
  /** 0 where nobody counts. */
  readonly instructions: number;
  readonly residentMiB: number;
}

export interface Target {
  readonly name: string;
  readonly runs: (program: Program, bits: Bits) => boolean;
  /** Undefined when the program failed, or did not end. */
  readonly measure: (program: Program, bits: Bits, scale: number, options?: MeasureOptions) => Promise<Sample | undefined>;
}

export interface MeasureOptions {
  readonly defines?: readonly string[];
  readonly config?: Partial<MachineConfig>;
}

const folder = mkdtempSync(join(tmpdir(), 'clispin-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const RAM_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 120_000;

/** Writes an image to a file. */
export const writeImage = (bytes: Uint8Array, name = 'image'): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

const ours = (engine: Engine): Target => ({
  name: engine,
  runs: () => true,
  measure: async (program, bits, scale, { defines, config } = {}) => {
    const { bytes, operations } = build(program.name, { bits, scale, defines });
    const machine = { cpus: program.cpus, ramBytes: RAM_BYTES, engine, ...config };
    const result = await runJob({ kind: 'machine', image: writeImage(bytes), config: machine }, TIMEOUT_MS);
    return result?.passed ? { ...result, operations } : undefined;
  },
});

/** Our engines, the slowest first. */
export const ENGINES: readonly Target[] = ENGINE_NAMES.map(ours);

const peer = (program: Program, name: string): boolean => program.peers.includes(name);

/** v86, fetched into a folder of its own for this; or why not. It has one CPU without long mode. */
export const fetchV86 = (): { readonly target: Target; readonly version: string } | string => {
  const options = { cwd: folder, encoding: 'utf8', timeout: TIMEOUT_MS } as const;
  const { status, stderr, error } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-save', 'v86'], options);
  if (status !== 0) return `npm cannot install v86: ${error?.message ?? stderr.trim().split('\n').at(-1)}`;
  const version = spawnSync('npm', ['ls', 'v86', '--parseable', '--long'], options).stdout.trim().split('v86@').at(-1)!.split(':')[0];
  const target: Target = {
    name: 'v86',
    runs: (program, bits) => bits === 32 && program.cpus === 1 && peer(program, 'v86'),
    measure: async (program, bits, scale) => {
      const { bytes, operations } = build(program.name, { bits, scale });
      const result = await runJob({ kind: 'v86', image: writeImage(bytes), folder }, TIMEOUT_MS);
      return result?.passed ? { ...result, operations } : undefined;
    },
  };
  return { target, version };
};

/** What a process has used until it says P. `go` is what it is told when it has said B, if it waits there; then only what follows counts. */
const runProcess = (command: string, words: readonly string[], go: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'ignore'], timeout: TIMEOUT_MS });
    let [said, start, ms]: [string, number, number | undefined] = ['', 0, undefined];
    child.stdout.on('data', (data) => {
      const isFirst = said === '';
      said += data;
      if (isFirst && go !== '') {
        start = processMs(child.pid!) ?? performance.now();
        child.stdin.write(go);
      }
      if (!/[PFX]/.test(said)) return;
      if (said === 'BP') ms = (processMs(child.pid!) ?? performance.now()) - start;
      child.kill('SIGKILL');
    });
    child.on('error', () => resolve(undefined));
    child.on('close', () => resolve(ms));
  });

/** The first line of `qemu-system-x86_64 --version`; undefined where there is none. */
export const qemuVersion = (): string | undefined =>
  spawnSync('qemu-system-x86_64', ['--version'], { encoding: 'utf8' }).stdout?.split('\n')[0];

/**
 * QEMU without hardware help. It halts at the end of a program; what its BIOS and the boot have cost is what the shortest run costs.
 */
export const qemu = (name: string, options: readonly string[]): Target => {
  const starts = new Map<string, number | undefined>();
  const run = (program: Program, bits: Bits, scale: number): Promise<number | undefined> => {
    const image = writeImage(build(program.name, { bits, scale }).bytes);
    const words = ['-accel', 'tcg', '-cpu', 'max', '-smp', `${program.cpus}`, '-m', '64', '-display', 'none', '-monitor', 'none'];
    return runProcess('qemu-system-x86_64', [...words, '-serial', 'stdio', '-no-reboot', ...options, '-kernel', image], '');
  };
  return {
    name,
    runs: (program) => peer(program, 'qemu'),
    measure: async (program, bits, scale) => {
      const key = `${program.name} ${bits}`;
      if (!starts.has(key)) starts.set(key, await run(program, bits, 1));
      const [start, total] = [starts.get(key), await run(program, bits, scale)];
      if (start === undefined || total === undefined) return undefined;
      const operations = build(program.name, { bits, scale }).operations - build(program.name, { bits, scale: 1 }).operations;
      return { ms: Math.max(total - start, 0.01), operations, instructions: 0, residentMiB: 0 };
    },
  };
};

/** The processor that all this runs on: user code only. */
export const NATIVE: Target = {
  name: 'native',
  runs: (program, bits) => program.ring3 && bits === 64 && process.platform === 'linux' && process.arch === 'x64',
  measure: async (program, bits, scale) => {
    const { bytes, operations } = build(program.name, { bits, scale, native: true });
    const path = writeImage(bytes, `process-${scale}`);
    chmodSync(path, 0o755);
    const ms = await runProcess(path, [], 'go');
    rmSync(path);
    return ms === undefined ? undefined : { ms, operations, instructions: 0, residentMiB: 0 };
  },
};
