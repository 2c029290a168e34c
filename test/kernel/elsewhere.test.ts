// The same kernel outside this project: NASM makes the same bytes of it, and QEMU boots them.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { toFlat } from '../../src/index.ts';
import { assembleFile } from '../../src/cli/assembly.ts';
import { has } from '../support/tools.ts';
import { guest } from './guest-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'clispin-kernel-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SOURCES = [join('asm', 'kernel.asm'), ...readdirSync(join('test', 'kernel', 'guest')).map((file) => guest(file.slice(0, -'.asm'.length)))];

/** NASM warns of its own ALIGNB macro, and of every address that it cannot be sure of. */
const WARNINGS = ['-w+all', '-w-unknown-warning', ...['word', 'dword', 'qword'].map((size) => `-w-reloc-abs-${size}`), '-w-reloc-rel-dword'];

const nasm = (source: string): { bytes: Buffer; said: string } => {
  const output = join(folder, 'nasm.bin');
  const { status, stderr } = spawnSync('nasm', [...WARNINGS, '-f', 'bin', '-i', 'asm/', source, '-o', output], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return { bytes: readFileSync(output), said: stderr };
};

describe.skipIf(!has('nasm'))('NASM', () => {
  test.each(SOURCES)('%s: the same bytes, and no warning', (source) => {
    const { bytes, said } = nasm(source);
    const ours = toFlat(assembleFile(source, { includePaths: ['asm'], defines: [] }).object);
    expect(said).toBe('');
    expect(Buffer.compare(Buffer.from(ours), bytes)).toBe(0);
  });
});

/** Boots in QEMU for some seconds of host time; what came out of the serial port. */
const qemu = (append: string, seconds: number, options: readonly string[] = []): string => {
  const image = join(folder, 'qemu.bin');
  spawnSync('nasm', ['-f', 'bin', '-i', 'asm/', SOURCES[0], '-o', image]);
  const machine = ['-accel', 'tcg', '-smp', '2', '-display', 'none', '-serial', 'stdio', '-monitor', 'none', '-no-reboot'];
  const words = [...machine, ...options, '-kernel', image, '-append', append];
  return spawnSync('qemu-system-x86_64', words, { encoding: 'utf8', timeout: seconds * 1000, stdio: ['ignore', 'pipe', 'pipe'] }).stdout;
};

describe.skipIf(!has('nasm') || !has('qemu-system-x86_64'))('QEMU', () => {
  test('soft-spin is reported, the panic ends in a restart', () => {
    const console = qemu('scenario=soft-spin watchdog_thresh=1 softlockup_panic=1 panic=1', 30);
    expect(console).toMatch(/watchdog: BUG: soft lockup - CPU#0 stuck for [34]s! \[insmod:100\]/);
    expect(console).toContain('smp: Brought up 1 node, 2 CPUs');
    expect(console).toContain('NMI watchdog: Perf NMI watchdog permanently disabled');
    expect(console).toContain('Rebooting in 1 seconds..');
  });

  test('hard-cli stays silent, for there is no counter', () => {
    const console = qemu('scenario=hard-cli watchdog_thresh=1', 11);
    expect(console).toContain('hard_cli: start');
    expect(console).not.toMatch(/lockup -|LOCKUP/);
  });

  test('other machines: q35 with 16 CPUs and 64 MiB', () => {
    expect(qemu('nowatchdog', 4, ['-machine', 'q35', '-smp', '16', '-m', '64', '-cpu', 'max'])).toContain('smp: Brought up 1 node, 16 CPUs');
  });
});
