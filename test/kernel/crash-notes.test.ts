// What a panic leaves in memory: an ELF note per CPU with the registers of the context that was stopped, and one about the kernel.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Machine, completeConfig, toElf } from '../../src/index.ts';
import { assembleFile } from '../../src/cli/assembly.ts';

const KERNEL_VIRT = 0xffffffff80000000n;
const NOTE_BYTES = 512;
/** elf_prstatus behind a note's header and name; its pid and registers (include/linux/elfcore.h). */
const [STATUS, PID, REGISTERS, RIP] = [20, 32, 112, 16 * 8];

test('soft lockup on CPU 0, CPU 1 deaf, CPU 2 idle: each note has the code that was stopped', () => {
  const config = completeConfig({ cpus: 3, commandLine: 'scenario=soft-and-hard softlockup_panic=1 nmi_watchdog=0' });
  if ('errors' in config) throw new Error(config.errors.join('; '));
  const machine = new Machine(config);
  machine.load(toElf(assembleFile(join('asm', 'kernel.asm'), { includePaths: ['asm'], defines: [] }).object));
  machine.run(36 * config.hz);
  const at = (symbol: string): number => Number(machine.symbols.addressOf(symbol)! - KERNEL_VIRT);
  const view = new DataView(machine.ram.buffer, machine.ram.byteOffset, machine.ram.byteLength);
  const text = (offset: number, length: number): string => new TextDecoder().decode(machine.ram.subarray(offset, offset + length));

  const stopped = [0, 1, 2].map((cpu) => {
    const note = at('crash_notes') + cpu * NOTE_BYTES;
    expect([view.getUint32(note, true), view.getUint32(note + 4, true), view.getUint32(note + 8, true)]).toEqual([5, 336, 1]);
    expect(text(note + 12, 5)).toBe('CORE\0');
    const rip = view.getBigUint64(note + STATUS + REGISTERS + RIP, true);
    return [machine.symbols.nameOf(rip)?.split('+')[0], view.getUint32(note + STATUS + PID, true)];
  });
  expect(stopped).toEqual([['soft_and_hard_init', 100], ['soft_and_hard_thread', 101], ['default_idle', 0]]);

  const note = at('vmcoreinfo_note');
  const [nameBytes, length] = [view.getUint32(note, true), view.getUint32(note + 4, true)];
  expect(text(note + 12, nameBytes)).toBe('VMCOREINFO\0');
  expect(text(note + 24, length)).toMatch(/^OSRELEASE=6\.12\.0-clispin\nPAGESIZE=4096\nSYMBOL\(_stext\)=ffffffff80101000\n/);
});
