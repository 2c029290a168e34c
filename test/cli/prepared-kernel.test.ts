// The kernel that the build has assembled: the same as from its sources, and not used once one of them is another.

import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clispin, folderWith } from '../support/cli.ts';

const CHECKSUM_BYTES = 32;

test('it is what its sources give', () => {
  const image = join(folderWith({}), 'kernel.elf');
  expect(clispin(['asm', '-f', 'elf', join('asm', 'kernel.asm'), '-o', image]).code).toBe(0);
  expect(readFileSync(join('dist', 'kernel.prepared')).subarray(CHECKSUM_BYTES).equals(readFileSync(image))).toBe(true);
});

/** What a copy of program and sources prints of a short run, after `change` was made to it. */
const runCopy = (change: (folder: string) => void): { stdout: string; stderr: string } => {
  const folder = folderWith({});
  cpSync('asm', join(folder, 'asm'), { recursive: true });
  for (const name of ['cli.js', 'kernel.prepared']) cpSync(join('dist', name), join(folder, 'dist', name));
  change(folder);
  const words = [join(folder, 'dist', 'cli.js'), 'run', 'healthy', '--until', '100ms'];
  const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8', timeout: 100_000 });
  return { stdout, stderr };
};

const replaceIn = (path: string, from: string, to: string): void => {
  const source = readFileSync(path, 'utf8');
  if (!source.includes(from)) throw new Error(`${path} has no ${from}`);
  writeFileSync(path, source.replace(from, to));
};

test('a source that has changed is assembled, and its mistakes are told', () => {
  const version = join('asm', 'config.inc');
  expect(runCopy((folder) => replaceIn(join(folder, version), '6.12.0-clispin', '6.12.0-changed')).stdout).toContain('Linux version 6.12.0-changed');
  expect(runCopy((folder) => replaceIn(join(folder, version), '6.12.0-clispin"', '6.12.0-clispin')).stderr).toContain('error:');
});

test('without it the kernel is assembled, and the run is the same', () => {
  const { stdout } = runCopy((folder) => rmSync(join(folder, 'dist', 'kernel.prepared')));
  expect(stdout).toContain('Linux version 6.12.0-clispin');
  expect(stdout).toBe(runCopy(() => {}).stdout);
});
