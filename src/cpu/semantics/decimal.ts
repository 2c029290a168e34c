// Decimal arithmetic, gone from 64-bit mode. AL and AH are plain numbers here. OF, and AF and CF of AAM and AAD, are undefined: cleared.

import { RAX } from '../../isa/operand.ts';
import type { Cpu } from '../cpu.ts';
import { DE, Fault } from '../events/fault.ts';
import { AF, CF, setFlags, setFlagsOfLogic } from '../flags.ts';
import type { Semantic, Semantics } from './semantic.ts';

/** DAA adds 6 and 60H, DAS subtracts them. */
const adjustPacked =
  (sign: 1 | -1): Semantic =>
  (cpu) => {
    const al = Number(cpu.readReg(RAX, 8));
    const lowDigit = (al & 0xf) > 9 || (cpu.rflags & AF) !== 0;
    const highDigit = al > 0x99 || (cpu.rflags & CF) !== 0;
    const result = BigInt(al + sign * ((lowDigit ? 0x06 : 0) + (highDigit ? 0x60 : 0)));
    // DAS alone keeps the borrow that subtracting 6 has made (SDM vol. 2, DAS).
    const borrow = sign < 0 && lowDigit && al < 6;
    cpu.writeReg(RAX, 8, result);
    setFlagsOfLogic(cpu, result, 8);
    setFlags(cpu, AF | CF, (lowDigit ? AF : 0) | (highDigit || borrow ? CF : 0));
  };

/** AAA carries into AH, AAS borrows from it. */
const adjustUnpacked =
  (sign: 1n | -1n): Semantic =>
  (cpu) => {
    const ax = cpu.readReg(RAX, 16);
    const adjust = (ax & 0xfn) > 9n || (cpu.rflags & AF) !== 0;
    const result = (adjust ? ax + sign * 0x106n : ax) & 0xff0fn;
    cpu.writeReg(RAX, 16, result);
    setFlagsOfLogic(cpu, result, 8);
    setFlags(cpu, AF | CF, adjust ? AF | CF : 0);
  };

function writeDigits(cpu: Cpu, ah: bigint, al: bigint): void {
  cpu.writeReg(RAX, 16, (ah << 8n) | (al & 0xffn));
  setFlagsOfLogic(cpu, al, 8);
}

export const DECIMAL = {
  daa: adjustPacked(1),
  das: adjustPacked(-1),
  aaa: adjustUnpacked(1n),
  aas: adjustUnpacked(-1n),
  aam: (cpu, { dst }) => {
    const base = cpu.read(dst);
    const al = cpu.readReg(RAX, 8);
    if (base === 0n) throw new Fault(DE);
    writeDigits(cpu, al / base, al % base);
  },
  aad: (cpu, { dst }) => {
    const ax = cpu.readReg(RAX, 16);
    writeDigits(cpu, 0n, (ax & 0xffn) + (ax >> 8n) * cpu.read(dst));
  },
} satisfies Semantics;
