// Instructions on single flags.

import { RAX } from '../../isa/operand.ts';
import { AF, CF, DF, PF, SF, setFlags, ZF } from '../flags.ts';
import type { Semantic, Semantics } from './semantic.ts';

const set =
  (flag: number): Semantic =>
  (cpu) =>
    setFlags(cpu, flag, flag);
const clear =
  (flag: number): Semantic =>
  (cpu) =>
    setFlags(cpu, flag, 0);

export const FLAG = {
  clc: clear(CF),
  stc: set(CF),
  cmc: (cpu) => setFlags(cpu, CF, ~cpu.rflags),
  cld: clear(DF),
  std: set(DF),
  lahf: (cpu) => cpu.writeReg(RAX, 16, (BigInt(cpu.rflags & 0xff) << 8n) | cpu.readReg(RAX, 8)),
  sahf: (cpu) => setFlags(cpu, SF | ZF | AF | PF | CF, Number(cpu.readReg(RAX, 16) >> 8n)),
  salc: (cpu) => cpu.writeReg(RAX, 8, cpu.rflags & CF ? 0xffn : 0n),
} satisfies Semantics;
