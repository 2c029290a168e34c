// cases.ts → vectors.txt: what the processor at hand makes of each case. Run by `npm run fixtures:native` on x86-64 Linux with gcc and NASM.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CASES } from './cases.ts';
import { type Case, type State, splitCase, stateBefore, WINDOW } from './inputs.ts';
import { formatRecorded, outcomeText } from './outcome.ts';

const HERE = 'test/cpu/native';
const PER_CASE = Number(process.argv[2] ?? 16);

const INPUT_BYTES = 16 + 17 * 8 + WINDOW;
const OUTPUT_BYTES = 19 * 8 + WINDOW;
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
  const words = BigUint64Array.from({ length: 19 }, (_, i) => record.readBigUInt64LE(8 * i));
  const [flags, rip, vector] = words.subarray(16);
  if (vector !== BREAKPOINT) return `!${vector}`;
  return outcomeText(length, before, { gpr: words.subarray(0, 16), flags: Number(flags), data: record.subarray(19 * 8), rip });
}

const folder = mkdtempSync(join(tmpdir(), 'clispin-'));
try {
  const recorder = join(folder, 'recorder');
  execFileSync('gcc', ['-O1', '-o', recorder, join(HERE, 'recorder.c')], { stdio: 'inherit' });
  const cases = CASES.map(splitCase);
  const codes = assemble(folder, cases);
  const states = cases.map((one) => Array.from({ length: PER_CASE }, (_, i) => stateBefore(one, i)));
  const input = Buffer.concat(states.flatMap((list, i) => list.map((state) => inputRecord(codes[i], cases[i].bits, state))));
  const output = execFileSync(recorder, { input, maxBuffer: 1 << 30, timeout: 60_000 });
  const vectors = CASES.map((line, i) => {
    const outcomes = states[i].map((state, k) => {
      const at = (i * PER_CASE + k) * OUTPUT_BYTES;
      return readOutcome(codes[i].length, state, output.subarray(at, at + OUTPUT_BYTES));
    });
    return formatRecorded(Buffer.from(codes[i]).toString('hex'), line, outcomes);
  });
  const model = /^model name\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
  writeFileSync(join(HERE, 'vectors.txt'), `Recorded by npm run fixtures:native on: ${model}\n${vectors.join('')}`);
  process.stdout.write(`${CASES.length} instructions, ${CASES.length * PER_CASE} vectors\n`);
} finally {
  rmSync(folder, { recursive: true });
}
