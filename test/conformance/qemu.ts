// `npm run conformance:qemu`: the guest programs that need no counters, under qemu-system-x86_64 with -accel tcg, and
// test/guest/QEMU.md from what it gave: where it differs, and which side the manual supports (verdicts.ts). Instructions are counted
// (-icount), so that a run does not depend on the host. `--check` compares with the committed table and writes nothing.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GUEST_FOLDER, type Program, type ProgramResult, programNames, readOutput, readProgram } from './programs.ts';
import { verdictOf } from './verdicts.ts';

const QEMU = 'qemu-system-x86_64';
const TABLE = join(GUEST_FOLDER, 'QEMU.md');
/** A program that QEMU leads astray may print for ever. */
const LONGEST_OUTPUT = 100_000;
const TIMEOUT_MS = 30_000;

const flagsOf = ({ cpus }: Program, image: string, output: string): readonly string[] => [
  ...['-accel', 'tcg', '-icount', 'shift=0,sleep=off', '-cpu', 'max', '-smp', String(cpus), '-m', '32'],
  ...['-display', 'none', '-no-reboot', '-serial', 'none', '-monitor', 'none'],
  ...['-debugcon', `file:${output}`, '-device', 'isa-debug-exit,iobase=0xf4,iosize=4', '-kernel', image],
];

const runInQemu = (program: Program, folder: string): ProgramResult => {
  const [image, output] = [join(folder, `${program.name}.bin`), join(folder, `${program.name}.txt`)];
  writeFileSync(image, program.image);
  writeFileSync(output, '');
  const { status } = spawnSync(QEMU, flagsOf(program, image, output), { timeout: TIMEOUT_MS });
  const lines = readFileSync(output, 'latin1').slice(0, LONGEST_OUTPUT).split('\n');
  return readOutput(program.name, lines, status === 1 || status === 3);
};

/** Numbers as they differ, without the addresses that any change of a program moves. */
const shorten = (detail: string): string => detail.trim().replace(/\b0+(?=[0-9a-f])/g, '').replace('ffffffffffffffff', 'none');
const isAddress = (detail: string): boolean => /expected 10[0-9a-f]{4}$/.test(shorten(detail));

const differences = ({ program, checks, planned, ended }: ProgramResult): string[] => {
  const rows = checks
    .filter(({ passed }) => !passed)
    .map(({ number, what, detail }) => {
      const gave = isAddress(detail) ? 'another address' : shorten(detail);
      return `| ${program} | ${number} | ${what} | ${gave} | ${verdictOf(number, what)} |`;
    });
  const left = planned - checks.length;
  const last = checks.at(-1)?.what ?? 'the start';
  if (!ended) rows.push(`| ${program} | | after "${last}" | the program is lost, ${left} checks not made | |`);
  else if (left > 0) rows.push(`| ${program} | | | ${left} checks not made: CPUID does not show what they are about | |`);
  return rows;
};

const table = (version: string, results: readonly ProgramResult[], left: readonly Program[]): string => {
  const made = results.reduce((sum, { checks }) => sum + checks.length, 0);
  const passed = results.reduce((sum, { checks }) => sum + checks.filter((check) => check.passed).length, 0);
  return `# The guest programs under QEMU

Written by \`npm run conformance:qemu\`; do not edit. ${version}, \`-accel tcg -icount shift=0,sleep=off -cpu max\`.

${passed} of ${made} checks give the same there. clispin passes all of them (\`npm run conformance\`). Below is where QEMU differs,
and which side the manual (Intel SDM) supports. A fault is shown as \`vector << 16 | error code\`, with bit 32 when it was not at the
instruction that should have faulted.

| program | number | check | QEMU | manual |
| --- | --- | --- | --- | --- |
${results.flatMap(differences).join('\n')}

Not run there: ${left.map(({ name, notForQemu }) => `\`${name}\` (${notForQemu})`).join(', ')}.
`;
};

const version = spawnSync(QEMU, ['--version'], { encoding: 'utf8' }).stdout?.split('\n')[0];
if (!version) {
  console.error(`${QEMU} is not installed.`);
  process.exitCode = 2;
} else {
  const folder = mkdtempSync(join(tmpdir(), 'clispin-'));
  const programs = programNames().map(readProgram);
  const results = programs
    .filter(({ notForQemu }) => notForQemu === undefined)
    .map((program) => {
      const result = runInQemu(program, folder);
      const same = result.checks.filter(({ passed }) => passed).length;
      const end = result.ended ? '' : ', and is lost';
      console.log(`${program.name.padEnd(12)} ${String(same).padStart(3)} of ${result.planned} as clispin${end}`);
      return result;
    });
  rmSync(folder, { recursive: true });
  const text = table(version, results, programs.filter(({ notForQemu }) => notForQemu !== undefined));
  if (process.argv.includes('--check')) {
    const same = readFileSync(TABLE, 'utf8') === text;
    console.log(same ? `${TABLE} says the same.` : `${TABLE} says something else; without --check it is written anew.`);
    process.exitCode = same ? 0 : 1;
  } else {
    writeFileSync(TABLE, text);
    console.log(`${TABLE} written.`);
  }
}
