// Lines of assembly → the bytes that NASM makes of each: many in one run, with a table of lengths behind them.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mode } from '../../src/isa/operand.ts';

export interface TextSample {
  readonly mode: Mode;
  readonly text: string;
}

/** Hexadecimal bytes for each sample, every one at address 0. Throws with NASM's words if it refuses one. */
export const assembleWithNasm = (samples: readonly TextSample[]): string[] =>
  samples.flatMap((_, i) => (i % RUN === 0 ? assembleSome(samples.slice(i, i + RUN)) : []));

/** Samples that one run takes: each is a section of its own, and the time grows with their square. */
const RUN = 500;

const assembleSome = (samples: readonly TextSample[]): string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'clispin-isa-'));
  try {
    const source = join(folder, 'samples.asm');
    const image = join(folder, 'samples.bin');
    const lines = samples.flatMap(({ mode, text }, i) => [
      `section .s${i} progbits align=1 vstart=0`,
      `bits ${mode}`,
      `s${i}: ${text}`,
      `e${i}:`,
    ]);
    writeFileSync(
      source,
      [...lines, 'section .lengths progbits align=1', ...samples.map((_, i) => `dd e${i} - s${i}`)].join('\n'),
    );
    const run = spawnSync('nasm', ['-f', 'bin', '-w-all', '-o', image, source], { encoding: 'utf8', timeout: 120_000 });
    if (run.status !== 0) throw new Error(explain(run.stderr, samples));
    const bytes = readFileSync(image);
    let at = 0;
    return samples.map((_, i) => {
      const start = at;
      at += bytes.readUInt32LE(bytes.length - 4 * (samples.length - i));
      return bytes.toString('hex', start, at);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** NASM's messages, each with the line it is about. */
const explain = (messages: string, samples: readonly TextSample[]): string =>
  messages
    .split('\n')
    .map((message) => {
      const line = Number(/:(\d+):/.exec(message)?.[1] ?? 0);
      const sample = samples[Math.floor((line - 1) / 4)];
      return sample && line > 0 ? `${sample.mode} ${sample.text}: ${message.replace(/^.*?: /, '')}` : message;
    })
    .join('\n');
