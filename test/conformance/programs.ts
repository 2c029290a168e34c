// Guest programs (test/guest/*.asm) → what each of their checks said. A program says in comments what machine it needs:
// `; cpus: 2`, `; pmu: off`, and `; qemu: no, because ...` when QEMU lacks that.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemble, completeConfig, formatDiagnostic, Machine, type MachineConfig, toFlat } from '../../src/index.ts';
import type { MachineOptions } from '../../src/machine/machine.ts';
import type { Engine } from './engines.ts';

export const GUEST_FOLDER = join('test', 'guest');

export interface Program {
  readonly name: string;
  readonly cpus: number;
  readonly pmu: boolean;
  /** Why QEMU cannot run it; undefined if it can. */
  readonly notForQemu: string | undefined;
  readonly image: Uint8Array;
}

export interface Check {
  /** Of the behaviour, as in B4. */
  readonly number: string;
  readonly what: string;
  readonly passed: boolean;
  /** What was got and what was wanted; empty when it passed. */
  readonly detail: string;
}

export interface ProgramResult {
  readonly program: string;
  readonly checks: readonly Check[];
  /** How many checks the program has; -1 if it never said so. */
  readonly planned: number;
  /** Anything that is no check: why the program came to an untimely end. */
  readonly remarks: readonly string[];
  readonly ended: boolean;
}

/** Ticks after which a program has lost its way. */
const LIMIT = 20_000_000;
const MIB = 1024 * 1024;

export const programNames = (): string[] =>
  readdirSync(GUEST_FOLDER)
    .filter((file) => file.endsWith('.asm'))
    .map((file) => file.slice(0, -4))
    .sort();

const programs = new Map<string, Program>();

/** Assembled once in a process. */
export const readProgram = (name: string): Program => {
  const known = programs.get(name) ?? assembleProgram(name);
  programs.set(name, known);
  return known;
};

const assembleProgram = (name: string): Program => {
  const path = join(GUEST_FOLDER, `${name}.asm`);
  const read = (file: string): string => readFileSync(file, 'utf8');
  const io = {
    read: (file: string) => {
      const found = file === path ? path : join(GUEST_FOLDER, file);
      return { path: found, text: read(found) };
    },
    readBytes: () => undefined,
  };
  const { object, diagnostics } = assemble(path, io);
  if (!object) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  const setting = (key: string): string | undefined => new RegExp(`^; ${key}: (.*)$`, 'm').exec(read(path))?.[1];
  return {
    name,
    cpus: Number(setting('cpus') ?? 1),
    pmu: setting('pmu') !== 'off',
    notForQemu: setting('qemu')?.replace(/^no, /, ''),
    image: toFlat(object),
  };
};

/** What a program printed → its checks. */
export const readOutput = (program: string, lines: readonly string[], ended: boolean): ProgramResult => {
  const checks: Check[] = [];
  const remarks: string[] = [];
  let planned = -1;
  for (const line of lines) {
    const plan = /^PLAN (\d+)$/.exec(line);
    const check = /^(PASS|FAIL) ([A-Z]\d+a?) (.*?)(: got .*)?$/.exec(line);
    if (plan) planned = Number(plan[1]);
    else if (check) {
      const [, verdict, number, what, detail = ''] = check;
      checks.push({ number, what, passed: verdict === 'PASS', detail: detail.slice(2) });
    } else if (line !== '') remarks.push(line);
  }
  return { program, checks, planned, remarks, ended };
};

/** Runs a program on one engine to its end. */
export const runProgram = (program: Program, engine: Engine, wanted: Partial<MachineConfig> = {}, options: MachineOptions = {}): ProgramResult => {
  const { cpus, pmu } = program;
  const config = completeConfig({ cpus, pmu, ramBytes: 16 * MIB, engine, ...wanted });
  if ('errors' in config) throw new Error(config.errors.join('; '));
  const machine = new Machine(config, options);
  const error = machine.load(program.image);
  if (error) throw new Error(`${program.name}: ${error.error}`);
  const outcome = machine.run(LIMIT);
  const lines = machine.journal.entries.flatMap((entry) => (entry.kind === 'debug' ? [entry.text] : []));
  const ended = outcome.kind === 'exit' && (outcome.code === 1 || outcome.code === 3);
  const last = ended ? [] : [`ended by ${JSON.stringify(outcome)}`, ...machine.cpus.map(({ id }) => machine.describeCpu(id))];
  return readOutput(program.name, [...lines, ...last], ended);
};

/** Whether every check that the program has was made and passed. */
export const isClean = ({ checks, planned, ended }: ProgramResult): boolean =>
  ended && checks.length === planned && checks.every(({ passed }) => passed);
