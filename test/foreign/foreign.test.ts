// Kernels that know nothing of this machine boot as on a PC, and as QEMU boots them: 16, 32 and 64 bits, on 1, 2 and 8 CPUs, on every
// engine. They look for memory, CPUs and each other by themselves; only one that has found everything leaves with its own code.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { completeConfig, Machine, type MachineConfig } from '../../src/index.ts';
import { ENGINES } from '../../src/machine/config.ts';
import { clispin, folderWith } from '../support/cli.ts';
import { has } from '../support/tools.ts';
import { committedImageOf, FOREIGN, type ForeignImage, imageOf } from './images.ts';

const MIB = 1024 * 1024;
const COMMAND_LINE = 'image a=1 b';
const LIMIT_SECONDS = 5;
const IMAGES = FOREIGN.map((foreign) => [`${foreign.bits}-bit ${foreign.source}`, foreign, imageOf(foreign)] as const);

const environment = (cpus: number): Uint8Array => new TextEncoder().encode(`CPUS=${cpus}\n`);

const boot = ({ bootSector, hz }: ForeignImage, image: Uint8Array, wanted: Partial<MachineConfig> & { cpus: number }) => {
  const modules = [{ name: 'env', bytes: environment(wanted.cpus) }];
  const config = completeConfig({ ramBytes: 256 * MIB, commandLine: COMMAND_LINE, bootSector, modules, ...(hz === undefined ? {} : { hz }), ...wanted });
  if ('errors' in config) throw new Error(config.errors.join('; '));
  const machine = new Machine(config);
  const error = machine.load(image);
  if (error) throw new Error(error.error);
  const outcome = machine.run(LIMIT_SECONDS * config.hz);
  return { outcome, lines: machine.journal.entries.flatMap((entry) => (entry.kind === 'console' ? [entry.text] : [])) };
};

describe.each(ENGINES)('%s', (engine) => {
  describe.each(IMAGES)('%s', (_, foreign, image) => {
    test.each([1, 2, 8])('on %i CPUs', (cpus) => {
      const expected = { outcome: { kind: 'exit', code: ((foreign.code + cpus) << 1) | 1 }, lines: foreign.says(COMMAND_LINE) };
      expect(boot(foreign, image, { cpus, engine })).toEqual(expected);
    });
  });
});

test.each(IMAGES)('%s: the committed image does the same', (_, foreign) => {
  expect(boot(foreign, committedImageOf(foreign), { cpus: 2 }).outcome).toEqual({ kind: 'exit', code: ((foreign.code + 2) << 1) | 1 });
});

describe.runIf(has('qemu-system-x86_64'))('QEMU judges', () => {
  test.each(IMAGES)('%s', (_, foreign, image) => {
    const folder = folderWith({ image, env: environment(2) });
    const what = foreign.bootSector
      ? ['-drive', `format=raw,file=${join(folder, 'image')}`]
      : ['-kernel', join(folder, 'image'), '-initrd', join(folder, 'env')];
    const devices = ['-serial', 'stdio', '-device', 'isa-debug-exit,iobase=0xf4,iosize=4', '-device', 'pc-testdev'];
    const machine = ['-nodefaults', '-accel', 'tcg', '-smp', '2', '-m', '256', '-display', 'none'];
    const { status } = spawnSync('qemu-system-x86_64', [...machine, ...devices, ...what], { timeout: 60_000, stdio: ['ignore', 'pipe', 'pipe'] });
    expect(status).toBe(((foreign.code + 2) << 1) | 1);
  });
});

test('clispin run boots them, with modules and as boot sectors', () => {
  const [sector, , kernel] = IMAGES;
  const folder = folderWith({ 'sector.bin': sector[2], 'kernel.elf': kernel[2], env: environment(3) });
  const booted = clispin(['run', 'kernel.elf', '--cpus', '3', '--ram', '256M', '--module', 'env', '--append', 'x y'], folder);
  expect(booted).toMatchObject({ code: ((32 + 3) << 1) | 1, stderr: '' });
  expect(booted.stdout).toContain('x y\nall here\n');
  expect(booted.stdout).toContain('--module env');
  const started = clispin(['run', 'sector.bin', '--boot-sector'], folder);
  expect(started).toMatchObject({ code: ((16 + 2) << 1) | 1, stderr: '' });
  expect(started.stdout).toContain('sector.bin --boot-sector');
  expect(clispin(['run', 'kernel.elf', '--module', 'none'], folder).stderr).toBe('none: cannot be read: no such file\n');
});

describe('an image that no BIOS would start as a boot sector is refused', () => {
  test.each([
    ['too short', new Uint8Array(511), 'boot sector: no 55 AA at its end'],
    ['without its mark', new Uint8Array(512), 'boot sector: no 55 AA at its end'],
    ['too long', new Uint8Array(0x9_8001), 'boot sector: 0x98001 bytes are more than 0x98000'],
  ])('%s', (_, image, error) => {
    const config = completeConfig({ bootSector: true });
    if ('errors' in config) throw new Error(config.errors.join('; '));
    expect(new Machine(config).load(image)?.error).toBe(error);
  });
});
