// What translated code takes for granted of segments, so that nothing has to be checked: in 32-bit code they are flat; in 16-bit code they
// begin anywhere and have 64 KiB or more.

import type { Cpu } from '../cpu/cpu.ts';
import { isFlatData, isPlainData } from '../cpu/memory/segment.ts';
import { DS, ES, SS } from '../isa/operand.ts';

const isLong = (cpu: Cpu, segment: number): boolean => isPlainData(cpu, segment) && cpu.segLimit[segment] >= 0xffff;

export function hasPlainSegments(cpu: Cpu): boolean {
  switch (cpu.mode) {
    case 64:
      return true;
    case 32:
      return (
        cpu.codeBase === 0 && cpu.codeLimit === 0xffff_ffff && cpu.stackSize === 32 && isFlatData(cpu, DS) && isFlatData(cpu, ES) && isFlatData(cpu, SS)
      );
    default:
      return cpu.codeLimit >= 0xffff && cpu.stackSize === 16 && isLong(cpu, DS) && isLong(cpu, ES) && isLong(cpu, SS);
  }
}
