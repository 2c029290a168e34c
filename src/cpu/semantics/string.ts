// String instructions. One call does one element: while a repetition goes on, RIP stays at the instruction, so that interrupts come in
// between elements and faults find the progress in rSI, rDI and rCX. The source may have another segment, the destination is ES:rDI.

import type { Insn } from '../../isa/insn.ts';
import { ES, RAX, RCX, RDI, RDX, RSI } from '../../isa/operand.ts';
import type { Cpu } from '../cpu.ts';
import { DF, setFlagsOfSub, ZF } from '../flags.ts';
import { readPort, writePort } from './port.ts';
import { type Semantic, type Semantics, sourceSegment } from './semantic.ts';

const loadSource = (cpu: Cpu, insn: Insn): bigint => cpu.load(sourceSegment(insn), cpu.readReg(RSI, insn.addressSize), insn.size);

const loadDestination = (cpu: Cpu, { addressSize, size }: Insn): bigint => cpu.load(ES, cpu.readReg(RDI, addressSize), size);

const storeDestination = (cpu: Cpu, { addressSize, size }: Insn, value: bigint): void =>
  cpu.store(ES, cpu.readReg(RDI, addressSize), size, value);

/** On to the next element, downwards if DF is set. */
function advance(cpu: Cpu, index: typeof RSI | typeof RDI, { addressSize, size }: Insn): void {
  const step = BigInt(cpu.rflags & DF ? -size / 8 : size / 8);
  cpu.writeReg(index, addressSize, cpu.readReg(index, addressSize) + step);
}

/** `goesOn` is asked after each element of a repetition, as long as the count lasts. */
const repeated =
  (element: Semantic, goesOn: (cpu: Cpu, insn: Insn) => boolean = () => true): Semantic =>
  (cpu, insn) => {
    if (insn.repeat === 'none') return element(cpu, insn);
    const count = cpu.readReg(RCX, insn.addressSize);
    if (count === 0n) return;
    element(cpu, insn);
    cpu.writeReg(RCX, insn.addressSize, count - 1n);
    if (count === 1n || !goesOn(cpu, insn)) return;
    cpu.nextRip = cpu.rip;
    cpu.repeating = true;
  };

/** REPE goes on while ZF is set, REPNE while it is clear. */
const whileMatching = (cpu: Cpu, { repeat }: Insn): boolean => ((cpu.rflags & ZF) !== 0) === (repeat === 'rep');

/** The right to the port in DX is asked for even if the count is 0 (SDM vol. 2, INS, Operation; and so do processors). */
const withPort =
  (string: Semantic): Semantic =>
  (cpu, insn) => {
    cpu.requireIoPermission(Number(cpu.readReg(RDX, 16)), insn.size);
    string(cpu, insn);
  };

export const STRING = {
  movs: repeated((cpu, insn) => {
    storeDestination(cpu, insn, loadSource(cpu, insn));
    advance(cpu, RSI, insn);
    advance(cpu, RDI, insn);
  }),
  cmps: repeated((cpu, insn) => {
    const a = loadSource(cpu, insn);
    const b = loadDestination(cpu, insn);
    advance(cpu, RSI, insn);
    advance(cpu, RDI, insn);
    setFlagsOfSub(cpu, a, b, a - b, insn.size);
  }, whileMatching),
  scas: repeated((cpu, insn) => {
    const a = cpu.readReg(RAX, insn.size);
    const b = loadDestination(cpu, insn);
    advance(cpu, RDI, insn);
    setFlagsOfSub(cpu, a, b, a - b, insn.size);
  }, whileMatching),
  lods: repeated((cpu, insn) => {
    cpu.writeReg(RAX, insn.size, loadSource(cpu, insn));
    advance(cpu, RSI, insn);
  }),
  stos: repeated((cpu, insn) => {
    storeDestination(cpu, insn, cpu.readReg(RAX, insn.size));
    advance(cpu, RDI, insn);
  }),
  ins: withPort(repeated((cpu, insn) => {
    const port = Number(cpu.readReg(RDX, 16));
    // Reading a port may change a device, so nothing may fault after it.
    cpu.probeWrite(ES, cpu.readReg(RDI, insn.addressSize), insn.size);
    storeDestination(cpu, insn, readPort(cpu, port, insn.size));
    advance(cpu, RDI, insn);
  })),
  outs: withPort(repeated((cpu, insn) => {
    writePort(cpu, Number(cpu.readReg(RDX, 16)), insn.size, loadSource(cpu, insn));
    advance(cpu, RSI, insn);
  })),
} satisfies Semantics;
