// The state of a CPU → text for a report: where it is, its registers in the order of the manual, what it was doing.

import { hex } from '../base/bits.ts';
import type { Cpu } from '../cpu/cpu.ts';
import { EXTERNAL } from '../device/lapic.ts';
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

/** What it does, and what it is kept from. */
const doings = (cpu: Cpu): string[] => {
  const { pendingVector } = cpu.wires.interrupts;
  return [
    ACTIVITIES[cpu.activity],
    cpu.nmiBlocked && 'NMIs are blocked',
    cpu.nmiPending > 0 && `${cpu.nmiPending} NMI pending`,
    pendingVector >= 0 && `interrupt ${pendingVector === EXTERNAL ? 'of the 8259A' : pendingVector} pending`,
    cpu.initPending && 'INIT pending',
  ].filter((text) => text !== false);
};

const flagNames = (rflags: number): string[] => Object.entries(FLAGS).flatMap(([flag, bit]) => (rflags & (1 << bit) ? [flag] : []));

const word = (value: bigint | number): string => hex(value, 16);

/** One line: `cpu1 running at hard_cli_thread+0xc, rip …, interrupts off`. */
export const summarizeCpu = (cpu: Cpu, symbols: SymbolTable): string => {
  const name = symbols.nameOf(cpu.rip);
  const [activity, ...held] = doings(cpu);
  const interrupts = `interrupts ${flagNames(cpu.rflags).includes('IF') ? 'on' : 'off'}`;
  return `cpu${cpu.id} ${[`${activity}${name === undefined ? '' : ` at ${name}`}`, `rip ${word(cpu.rip)}`, interrupts, ...held].join(', ')}`;
};

/** All of a CPU's registers as hexadecimal text, in the order of describeCpu. */
export const cpuState = (cpu: Cpu, symbols: SymbolTable) => ({
  id: cpu.id,
  state: doings(cpu),
  time: cpu.time,
  haltedTicks: cpu.haltedTicks,
  mode: cpu.mode,
  cpl: cpu.cpl,
  rip: word(cpu.rip),
  symbol: symbols.nameOf(cpu.rip),
  rflags: word(cpu.rflags),
  flags: flagNames(cpu.rflags),
  registers: Object.fromEntries(ROWS.flat().map((index) => [REGISTER_NAMES[64][index], word(cpu.gpr[index])])),
  segments: Object.fromEntries(
    SEGMENTS.map((segment, index) => [
      segment,
      {
        selector: hex(cpu.segSelector[index], 4),
        base: word(cpu.segBase[index]),
        limit: hex(cpu.segLimit[index], 8),
        attributes: hex(cpu.segAttributes[index], 4),
      },
    ]),
  ),
  gdtr: { base: word(cpu.gdtrBase), limit: hex(cpu.gdtrLimit, 4) },
  idtr: { base: word(cpu.idtrBase), limit: hex(cpu.idtrLimit, 4) },
  control: { cr0: hex(cpu.cr0, 8), cr2: word(cpu.cr2), cr3: word(cpu.cr3), cr4: hex(cpu.cr4, 8), efer: hex(cpu.efer, 4) },
  debug: Object.fromEntries([0, 1, 2, 3, 6, 7].map((index) => [`dr${index}`, word(cpu.dr[index])])),
});

export type CpuState = ReturnType<typeof cpuState>;

/** Several lines without a line end; `symbols` name the place where the CPU is. */
export const describeCpu = (cpu: Cpu, symbols: SymbolTable): string => {
  const { rip, symbol, rflags, flags, registers, segments, gdtr, idtr, control, debug } = cpuState(cpu, symbols);
  const { cr0, cr2, cr3, cr4, efer } = control;
  const row = (indices: readonly number[]): string =>
    indices.map((index) => REGISTER_NAMES[64][index]).map((name) => `${name.padEnd(3)} ${registers[name]}`).join('  ');
  return [
    `cpu${cpu.id} ${doings(cpu).join(', ')}`,
    `time ${cpu.time}, of which halted ${cpu.haltedTicks}; ${cpu.mode}-bit code, cpl ${cpu.cpl}`,
    `rip ${rip}${symbol === undefined ? '' : `  ${symbol}`}`,
    `rflags ${rflags}  ${flags.join(' ')}`,
    ...ROWS.map(row),
    ...Object.entries(segments).map(
      ([segment, { selector, base, limit, attributes }]) =>
        `${segment.padEnd(4)} ${selector}  base ${base}  limit ${limit}  attributes ${attributes}`,
    ),
    `gdtr ${gdtr.base} ${gdtr.limit}  idtr ${idtr.base} ${idtr.limit}`,
    `cr0 ${cr0}  cr2 ${cr2}  cr3 ${cr3}  cr4 ${cr4}  efer ${efer}`,
    `dr0 ${debug.dr0}  dr1 ${debug.dr1}  dr2 ${debug.dr2}  dr3 ${debug.dr3}`,
    `dr6 ${debug.dr6}  dr7 ${debug.dr7}`,
  ].join('\n  ');
};
