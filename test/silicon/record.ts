// cases.ts → vectors.txt: what the processor at hand makes of each case. Run by `npm run fixtures:silicon` on x86-64 Linux with gcc and NASM.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CASES } from './cases.ts';
import { faultCases } from './fault-cases.ts';
import { type Case, type State, splitCase, stateBefore, WINDOW } from './inputs.ts';
import { formatRecorded, outcomeText } from './outcome.ts';

const HERE = 'test/silicon';
/** States of each instruction; where it faults they differ less. */
const PER_CASE = 31;
const PER_FAULT = 8;

const INPUT_BYTES = 16 + 17 * 8 + WINDOW;
const OUTPUT_WORDS = 21;
const OUTPUT_BYTES = OUTPUT_WORDS * 8 + WINDOW;
const BREAKPOINT = 3n;

/** Each instruction's bytes: NASM also writes where each ends. */
function assemble(folder: string, cases: readonly Case[]): Uint8Array[] {
  const source = [
    ...cases.flatMap(({ text, bits }, i) => [`bits ${bits}`, `i${i}: ${text}`, `e${i}:`]),
    'lengths:',
    ...cases.map((_, i) => `db e${i} - i${i}`),
  ];
  writeFileSync(join(folder, 'cases.asm'), source.join('\n'));
  execFileSync('nasm', ['-f', 'bin', '-o', join(folder, 'cases.bin'), join(folder, 'cases.asm')], { stdio: 'inherit' });
  const bytes = new Uint8Array(readFileSync(join(folder, 'cases.bin')));
  let start = 0;
  return [...bytes.subarray(bytes.length - cases.length)].map((length) => bytes.subarray(start, (start += length)));
}

function inputRecord(code: Uint8Array, bits: number, state: State): Uint8Array {
  const record = new Uint8Array(INPUT_BYTES);
  const words = new BigUint64Array(record.buffer, 16, 17);
  record[0] = code.length;
  record[1] = bits;
  record.set(code, 2);
  words.set(state.gpr);
  words[16] = BigInt(state.flags);
  record.set(state.data, 16 + 17 * 8);
  return record;
}

function readOutcome(length: number, before: State, record: Buffer): string {
  const words = BigUint64Array.from({ length: OUTPUT_WORDS }, (_, i) => record.readBigUInt64LE(8 * i));
  const [flags, rip, vector, error, address] = words.subarray(16);
  const after = { gpr: words.subarray(0, 16), flags: Number(flags), data: record.subarray(8 * OUTPUT_WORDS), rip };
  return outcomeText(length, before, vector === BREAKPOINT ? after : { ...after, fault: { vector: Number(vector), error: Number(error), address } });
}

const folder = mkdtempSync(join(tmpdir(), 'clispin-'));
try {
  const recorder = join(folder, 'recorder');
  execFileSync('gcc', ['-O1', '-o', recorder, join(HERE, 'recorder.c')], { stdio: 'inherit' });
  const lines = [...CASES, ...faultCases(CASES)];
  const cases = lines.map(splitCase);
  const codes = assemble(folder, cases);
  const states = cases.map((one, i) => Array.from({ length: i < CASES.length ? PER_CASE : PER_FAULT }, (_, k) => stateBefore(one, k)));
  const input = Buffer.concat(states.flatMap((list, i) => list.map((state) => inputRecord(codes[i], cases[i].bits, state))));
  const output = execFileSync(recorder, { input, maxBuffer: 1 << 30, timeout: 60_000 });
  let at = 0;
  const vectors = lines.map((line, i) => {
    const outcomes = states[i].map((state) => readOutcome(codes[i].length, state, output.subarray(at, (at += OUTPUT_BYTES))));
    return formatRecorded(Buffer.from(codes[i]).toString('hex'), line, outcomes);
  });
  const model = /^model name\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
  writeFileSync(join(HERE, 'vectors.txt'), `Recorded by npm run fixtures:silicon on: ${model}\n${vectors.join('')}`);
  process.stdout.write(`${lines.length} instructions, ${at / OUTPUT_BYTES} vectors\n`);
} finally {
  rmSync(folder, { recursive: true });
}
