// The state of a CPU → text for a report: where it is, its registers in the order of the manual, what it was doing.

import { hex } from '../base/bits.ts';
import type { Cpu } from '../cpu/cpu.ts';
import { HALTED, RUNNING, SHUTDOWN, WAIT_FOR_SIPI } from '../cpu/state.ts';
import type { SymbolTable } from '../formats/symbols.ts';
import { REGISTER_NAMES, SEGMENT_NAMES } from '../isa/names.ts';

const ACTIVITIES: { readonly [activity: number]: string } = {
  [RUNNING]: 'running',
  [HALTED]: 'halted',
  [SHUTDOWN]: 'shutdown',
  [WAIT_FOR_SIPI]: 'waiting for a start-up IPI',
};

/** General registers in the order of a report, not of encodings: four rows of four. */
const ROWS = [
  [0, 3, 1, 2],
  [6, 7, 5, 4],
  [8, 9, 10, 11],
  [12, 13, 14, 15],
];
const SEGMENTS = [...SEGMENT_NAMES, 'ldtr', 'tr'];

/** Bits of RFLAGS that a person looks for. */
const FLAGS = { CF: 0, PF: 2, AF: 4, ZF: 6, SF: 7, TF: 8, IF: 9, DF: 10, OF: 11, NT: 14, RF: 16, AC: 18, ID: 21 };

/** Several lines without a line end; `symbols` name the place where the CPU is. */
export const describeCpu = (cpu: Cpu, symbols: SymbolTable): string => {
  const name = symbols.nameOf(cpu.rip);
  const flags = Object.entries(FLAGS).flatMap(([flag, bit]) => (cpu.rflags & (1 << bit) ? [flag] : []));
  const word = (value: bigint | number): string => hex(value, 16);
  const held = [
    cpu.nmiBlocked && 'NMIs are blocked',
    cpu.nmiPending > 0 && `${cpu.nmiPending} NMI pending`,
    cpu.wires.interrupts.pendingVector >= 0 && `interrupt ${cpu.wires.interrupts.pendingVector} pending`,
    cpu.initPending && 'INIT pending',
  ].filter((text) => text !== false);
  const lines = [
    `cpu${cpu.id} ${[ACTIVITIES[cpu.activity], ...held].join(', ')}`,
    `time ${cpu.time}, of which halted ${cpu.haltedTicks}; ${cpu.mode}-bit code, cpl ${cpu.cpl}`,
    `rip ${word(cpu.rip)}${name === undefined ? '' : `  ${name}`}`,
    `rflags ${word(cpu.rflags)}  ${flags.join(' ')}`,
  ];
  for (const row of ROWS) {
    lines.push(row.map((index) => `${REGISTER_NAMES[64][index].padEnd(3)} ${word(cpu.gpr[index])}`).join('  '));
  }
  for (const [index, segment] of SEGMENTS.entries()) {
    const [selector, base] = [hex(cpu.segSelector[index], 4), word(cpu.segBase[index])];
    lines.push(
      `${segment.padEnd(4)} ${selector}  base ${base}  limit ${hex(cpu.segLimit[index], 8)}  attributes ${hex(cpu.segAttributes[index], 4)}`,
    );
  }
  lines.push(
    `gdtr ${word(cpu.gdtrBase)} ${hex(cpu.gdtrLimit, 4)}  idtr ${word(cpu.idtrBase)} ${hex(cpu.idtrLimit, 4)}`,
    `cr0 ${hex(cpu.cr0, 8)}  cr2 ${word(cpu.cr2)}  cr3 ${word(cpu.cr3)}  cr4 ${hex(cpu.cr4, 8)}  efer ${hex(cpu.efer, 4)}`,
    `dr0 ${word(cpu.dr[0])}  dr1 ${word(cpu.dr[1])}  dr2 ${word(cpu.dr[2])}  dr3 ${word(cpu.dr[3])}`,
    `dr6 ${word(cpu.dr[6])}  dr7 ${word(cpu.dr[7])}`,
  );
  return [lines[0], ...lines.slice(1).map((line) => `  ${line}`)].join('\n');
};
