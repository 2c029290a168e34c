// What translated code takes for granted of segments, so that nothing has to be checked: in 32-bit code they are flat; in 16-bit code they
// begin anywhere and have 64 KiB or more.

import type { Cpu } from '../cpu/cpu.ts';
import { DS, ES, SS } from '../isa/insn.ts';

/** P, S and type but for the accessed flag: a data segment that may be read and written and expands up. */
const DATA_MASK = 0x9e;
const PLAIN_DATA = 0x92;

const isPlainData = (cpu: Cpu, segment: number): boolean => (cpu.segAttributes[segment] & DATA_MASK) === PLAIN_DATA;

const isFlat = (cpu: Cpu, segment: number): boolean =>
  isPlainData(cpu, segment) && cpu.segLimit[segment] === 0xffff_ffff && cpu.segBase[segment] === 0n;

const isLong = (cpu: Cpu, segment: number): boolean => isPlainData(cpu, segment) && cpu.segLimit[segment] >= 0xffff;

export function hasPlainSegments(cpu: Cpu): boolean {
  switch (cpu.mode) {
    case 64:
      return true;
    case 32:
      return (
        cpu.codeBase === 0 && cpu.codeLimit === 0xffff_ffff && cpu.stackSize === 32 && isFlat(cpu, DS) && isFlat(cpu, ES) && isFlat(cpu, SS)
      );
    default:
      return cpu.codeLimit >= 0xffff && cpu.stackSize === 16 && isLong(cpu, DS) && isLong(cpu, ES) && isLong(cpu, SS);
  }
}
