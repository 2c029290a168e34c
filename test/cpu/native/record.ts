// cases.ts → vectors.txt: what the processor at hand makes of each case. Run by `npm run fixtures:native` on x86-64 Linux with gcc and NASM.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hex } from '../../../src/base/bits.ts';
import { REGISTER_NAMES } from '../../../src/isa/names.ts';
import { CASES } from './cases.ts';
import { type State, stateBefore, WINDOW } from './inputs.ts';

const HERE = 'test/cpu/native';
const PER_CASE = Number(process.argv[2] ?? 16);

const INPUT_BYTES = 16 + 17 * 8 + WINDOW;
const OUTPUT_BYTES = 19 * 8 + WINDOW;
const BREAKPOINT = 3n;

const split = (line: string): readonly [text: string, hints: readonly string[]] => {
  const [text, hints = ''] = line.split(' ; ');
  return [text, hints.split(' ').filter(Boolean)];
};

/** Each instruction's bytes: NASM also writes where each ends. */
function assemble(folder: string, texts: readonly string[]): Uint8Array[] {
  const source = [
    'bits 64',
    ...texts.flatMap((text, i) => [`i${i}: ${text}`, `e${i}:`]),
    'lengths:',
    ...texts.map((_, i) => `db e${i} - i${i}`),
  ];
  writeFileSync(join(folder, 'cases.asm'), source.join('\n'));
  execFileSync('nasm', ['-f', 'bin', '-o', join(folder, 'cases.bin'), join(folder, 'cases.asm')], { stdio: 'inherit' });
  const bytes = new Uint8Array(readFileSync(join(folder, 'cases.bin')));
  let start = 0;
  return [...bytes.subarray(bytes.length - texts.length)].map((length) => bytes.subarray(start, (start += length)));
}

function inputRecord(code: Uint8Array, state: State): Uint8Array {
  const record = new Uint8Array(INPUT_BYTES);
  const words = new BigUint64Array(record.buffer, 16, 17);
  record[0] = code.length;
  record.set(code, 1);
  words.set(state.gpr);
  words[16] = BigInt(state.flags);
  record.set(state.data, 16 + 17 * 8);
  return record;
}

/** Flags, then what has changed: ` rax=..`, ` @offset=bytes`, ` >offset of RIP` unless it is the next instruction, or ` !vector`. */
function describe(code: Uint8Array, before: State, record: Buffer): string {
  const words = Array.from({ length: 19 }, (_, i) => record.readBigUInt64LE(8 * i));
  const [flags, rip, vector] = words.slice(16);
  if (vector !== BREAKPOINT) return `!${vector}`;
  const registers = words.slice(0, 16).map((value, i) => (value === before.gpr[i] ? '' : ` ${REGISTER_NAMES[64][i]}=${hex(value)}`));
  const data = record.subarray(19 * 8);
  const changed = [...data.keys()].filter((at) => data[at] !== before.data[at]);
  const [first, last] = [changed[0], changed.at(-1)!];
  const memory = changed.length ? ` @${first}=${data.subarray(first, last + 1).toString('hex')}` : '';
  return hex(flags) + registers.join('') + memory + (rip === BigInt(code.length) ? '' : ` >${hex(rip)}`);
}

const folder = mkdtempSync(join(tmpdir(), 'clispin-'));
try {
  const recorder = join(folder, 'recorder');
  execFileSync('gcc', ['-O1', '-o', recorder, join(HERE, 'recorder.c')], { stdio: 'inherit' });
  const codes = assemble(folder, CASES.map((line) => split(line)[0]));
  const states = CASES.map((line) => Array.from({ length: PER_CASE }, (_, i) => stateBefore(...split(line), i)));
  const input = Buffer.concat(states.flatMap((list, i) => list.map((state) => inputRecord(codes[i], state))));
  const output = execFileSync(recorder, { input, maxBuffer: 1 << 30, timeout: 60_000 });
  const vectors = CASES.map((line, i) => {
    const results = states[i].map((state, k) => {
      const at = (i * PER_CASE + k) * OUTPUT_BYTES;
      return describe(codes[i], state, output.subarray(at, at + OUTPUT_BYTES));
    });
    return [`: ${Buffer.from(codes[i]).toString('hex')} ${line}`, ...results].join('\n');
  });
  writeFileSync(join(HERE, 'vectors.txt'), `${vectors.join('\n')}\n`);
  process.stdout.write(`${CASES.length} instructions, ${CASES.length * PER_CASE} vectors\n`);
} finally {
  rmSync(folder, { recursive: true });
}
