// The command line as its users meet it: a process with arguments, its two outputs and its exit code.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `clispin` with `words` in `cwd`, `environment` added to what it has, `input` on its stdin; dist/ must have been built. */
export const clispin = (words: readonly string[], cwd = '.', environment: Readonly<Record<string, string>> = {}, input?: string): Ended => {
  const cli = join(process.cwd(), 'dist', 'cli.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], { cwd, env: { ...process.env, ...environment }, encoding: 'utf8', timeout: 100_000, input });
  return { code: status, stdout, stderr };
};

/** A folder with these files in it, gone when the test is over. */
export const folderWith = (files: Readonly<Record<string, string | Uint8Array>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'clispin-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
};
