// Executed instructions → lines: CPU first, time, address, text, the registers and flags that are other than before. Two runs, or two
// engines, are compared by comparing these lines; the first that differs is where to look.

import { hex } from '../base/bits.ts';
import type { Cpu } from '../cpu/cpu.ts';
import type { SymbolTable } from '../formats/symbols.ts';
import type { Insn } from '../isa/insn.ts';
import { REGISTER_NAMES } from '../isa/names.ts';
import { print } from '../isa/print.ts';

const TEXT_WIDTH = 36;

/** Calls `onLine` for each instruction of `cpu` that retires; a repeated string instruction is one, told when it is done. */
export const traceCpu = (cpu: Cpu, symbols: SymbolTable, onLine: (line: string) => void): void => {
  const registers = cpu.gpr.slice();
  let { rflags } = cpu;
  cpu.onExecuted = (_, insn: Insn) => {
    if (cpu.repeating) return;
    const changes: string[] = [];
    for (let index = 0; index < registers.length; index++) {
      if (cpu.gpr[index] === registers[index]) continue;
      registers[index] = cpu.gpr[index];
      changes.push(`${REGISTER_NAMES[64][index]}=${hex(registers[index])}`);
    }
    if (cpu.rflags !== rflags) {
      rflags = cpu.rflags;
      changes.push(`rflags=${hex(rflags)}`);
    }
    const text = print(insn, cpu.rip, (address) => symbols.nameOf(address));
    onLine(`cpu${cpu.id} t=${cpu.time} ${hex(cpu.rip, 16)}  ${text.padEnd(TEXT_WIDTH)} ${changes.join(' ')}`.trimEnd());
  };
};
