// The benchmarks are right before they are fast: every program finds its own results correct, in each mode, on each engine, and where
// it can be a process, on the processor of this machine too.

import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { build, programNames, readProgram, scalingNames } from '../../bench/programs.ts';
import { completeConfig, Machine } from '../../src/index.ts';
import { ENGINES, type MachineConfig } from '../../src/machine/config.ts';
import { folderWith } from '../support/cli.ts';

const SETTINGS = [...ENGINES.map((engine) => ({ engine, fastForward: true })), { engine: ENGINES[0], fastForward: false }];
const PROGRAMS = programNames().map(readProgram);
const CASES = [...PROGRAMS, ...scalingNames().map(readProgram)].flatMap(({ name, bits, cpus, needs }) =>
  bits.map((width) => ({ name, bits: width, cpus, image: build(name, { bits: width, scale: 1, defines: needs ? [needs] : [] }).bytes })),
);
/** Ticks after which a program has lost its way. */
const LIMIT = 20_000_000;

const run = (image: Uint8Array, wanted: Partial<MachineConfig>): { output: string; code: unknown } => {
  const config = completeConfig({ hz: 1_000_000_000, ...wanted });
  if ('errors' in config) throw new Error(config.errors.join('; '));
  const machine = new Machine(config);
  expect(machine.load(image)).toBeUndefined();
  let output = '';
  machine.onConsoleByte = (byte) => {
    output += String.fromCharCode(byte);
  };
  const outcome = machine.run(LIMIT);
  return { output, code: outcome.kind === 'exit' ? outcome.code : outcome };
};

describe.each(SETTINGS)('$engine, fast-forward $fastForward', ({ engine, fastForward }) => {
  test.each(CASES)('$name, $bits bits', ({ cpus, image }) =>
    expect(run(image, { engine, fastForward, cpus })).toEqual({ output: 'BP', code: 1 }));
});

test.runIf(process.platform === 'linux' && process.arch === 'x64').each(PROGRAMS.filter(({ ring3 }) => ring3))(
  '$name as a process',
  ({ name }) => {
    const { bytes } = build(name, { bits: 64, scale: 1, native: true });
    const file = join(folderWith({ program: bytes }), 'program');
    chmodSync(file, 0o755);
    const { stdout, status } = spawnSync(file, { encoding: 'utf8', timeout: 10_000 });
    expect({ stdout, status }).toEqual({ stdout: 'BP', status: 0 });
  },
);

test('a program that finds a wrong result says so', () => {
  const { bytes } = build('mix', { bits: 64, scale: 1 });
  bytes[Buffer.from(bytes).indexOf('5012,1234')] = 'x'.charCodeAt(0); // one of the numbers that it reads is none
  expect(run(bytes, {})).toEqual({ output: 'BF', code: 3 });
});
