// System instructions: control and debug registers, identification, time, model-specific registers, sleep, caches. The decoder's
// table says which need CPL 0, and step() refuses those before they get here.

import type { Insn } from '../../isa/insn.ts';
import { DS, FS, GS, type MemOperand, RAX, RBX, RCX, RDX } from '../../isa/operand.ts';
import { isCanonical } from '../memory/canonical.ts';
import { writeCr0, writeCr3, writeCr4 } from '../identity/control.ts';
import type { Cpu } from '../cpu.ts';
import { cpuid } from '../identity/cpuid.ts';
import { DR6_FIXED, DR6_WRITABLE, DR7_FIXED, DR7_GD, DR7_WRITABLE } from '../events/debug.ts';
import { DB, Fault, GP, NM, UD } from '../events/fault.ts';
import { AC, IF } from '../flags.ts';
import { isApicEnabled, readMsr, writeMsr } from '../identity/msr.ts';
import { READ } from '../memory/paging.ts';
import { IS_MONITORED } from '../memory/ram.ts';
import { CR0_EM, CR0_MP, CR0_TS, CR4_DE, CR4_FSGSBASE, CR4_PCE, CR4_TSD, MISC_LIMIT_CPUID, MISC_XD_DISABLE } from '../identity/registers.ts';
import { STI_SHADOW } from '../state.ts';
import { DESCRIPTOR_TABLES } from './descriptor-tables.ts';
import { SEGMENT_LOADS } from './segment-load.ts';
import type { Semantic, Semantics } from './semantic.ts';

const nothing: Semantic = () => {};

const undefinedOpcode: Semantic = () => {
  throw new Fault(UD);
};

/** EDX:EAX; 64-bit values go out in halves and clear the upper ones. */
function writePair(cpu: Cpu, value: bigint): void {
  cpu.writeReg(RAX, 32, value);
  cpu.writeReg(RDX, 32, value >> 32n);
}
const readPair = (cpu: Cpu): bigint => (cpu.readReg(RDX, 32) << 32n) | cpu.readReg(RAX, 32);
const ecx = (cpu: Cpu): number => Number(cpu.readReg(RCX, 32));

function readCr(cpu: Cpu, index: number): bigint {
  switch (index) {
    case 0:
      return BigInt(cpu.cr0);
    case 2:
      return cpu.cr2;
    case 3:
      return cpu.cr3;
    case 4:
      return BigInt(cpu.cr4);
    case 8:
      return BigInt(cpu.wires.interrupts.taskPriority);
    default:
      throw new Fault(UD);
  }
}

function writeCr(cpu: Cpu, index: number, value: bigint): void {
  switch (index) {
    case 0:
      return writeCr0(cpu, value);
    case 2:
      cpu.cr2 = value;
      return;
    case 3:
      return writeCr3(cpu, value);
    case 4:
      return writeCr4(cpu, value);
    case 8:
      if (value > 15n) throw new Fault(GP, 0);
      cpu.wires.interrupts.taskPriority = Number(value);
      cpu.interruptChanged();
      return;
    default:
      throw new Fault(UD);
  }
}

/** DR4 and DR5 are DR6 and DR7 unless CR4.DE makes them undefined; DR7.GD guards them all (SDM vol. 3, 17.2.2, 17.2.4). */
function debugRegister(cpu: Cpu, encoded: number): number {
  const isAlias = encoded === 4 || encoded === 5;
  if (isAlias && (cpu.cr4 & CR4_DE) !== 0) throw new Fault(UD);
  if (cpu.dr[7] & BigInt(DR7_GD)) throw new Fault(DB);
  return isAlias ? encoded + 2 : encoded;
}

function writeDr(cpu: Cpu, encoded: number, value: bigint): void {
  const index = debugRegister(cpu, encoded);
  if (index < 4) {
    cpu.dr[index] = value;
  } else {
    if (value >> 32n) throw new Fault(GP, 0);
    cpu.dr[index] = index === 6 ? (value & DR6_WRITABLE) | DR6_FIXED : (value & DR7_WRITABLE) | DR7_FIXED;
  }
  cpu.breakpoints.refresh();
}

function requireTsc(cpu: Cpu): void {
  if ((cpu.cr4 & CR4_TSD) !== 0) cpu.requireCpl0();
}

const readBase =
  (segment: number): Semantic =>
  (cpu, { dst }) => {
    if ((cpu.cr4 & CR4_FSGSBASE) === 0) throw new Fault(UD);
    cpu.write(dst, cpu.segBase[segment]);
  };

const writeBase =
  (segment: number): Semantic =>
  (cpu, { dst }) => {
    if ((cpu.cr4 & CR4_FSGSBASE) === 0) throw new Fault(UD);
    const base = cpu.read(dst);
    if (!isCanonical(base)) throw new Fault(GP, 0);
    cpu.segBase[segment] = base;
  };

/** CLI and STI (S8). */
function requireIopl(cpu: Cpu): void {
  if (cpu.cpl > cpu.iopl) throw new Fault(GP, 0);
}

/** MONITOR, MWAIT, CLAC, STAC are not there for programs. */
function requireSupervisor(cpu: Cpu): void {
  if (cpu.cpl !== 0) throw new Fault(UD);
}

/** Linear address that an instruction names without touching what is there. */
const linearOf = (cpu: Cpu, op: MemOperand): bigint => {
  const base = cpu.mode === 64 && op.segment < FS ? 0n : cpu.segBase[op.segment];
  return BigInt.asUintN(cpu.mode === 64 ? 64 : 32, base + cpu.offsetOf(op));
};

/** DS:rAX, or the segment of an override; only lines in RAM can be watched. */
function arm(cpu: Cpu, insn: Insn): void {
  const segment = insn.segment < 0 ? DS : insn.segment;
  const offset = cpu.readReg(RAX, insn.addressSize);
  const physical = cpu.mmu.translateRead(cpu.linear(segment, offset, 8, READ), segment);
  cpu.ram.mark(physical, IS_MONITORED);
  cpu.monitored = physical;
}

export const SYSTEM = {
  ...DESCRIPTOR_TABLES,
  ...SEGMENT_LOADS,
  mov_cr: (cpu, { dst, src }) => {
    if (dst.kind === 'cr') writeCr(cpu, dst.index, cpu.read(src));
    else if (src.kind === 'cr') cpu.write(dst, readCr(cpu, src.index));
  },
  mov_dr: (cpu, { dst, src }) => {
    if (dst.kind === 'dr') writeDr(cpu, dst.index, cpu.read(src));
    else if (src.kind === 'dr') cpu.write(dst, cpu.dr[debugRegister(cpu, src.index)]);
  },
  // PE cannot be cleared this way; MP, EM and TS are all else that it reaches.
  lmsw: (cpu, { dst }) => writeCr0(cpu, BigInt((cpu.cr0 & ~0xe) >>> 0) | (cpu.read(dst) & 0xfn)),
  smsw: (cpu, { dst }) => cpu.write(dst, BigInt(cpu.cr0)),
  clts: (cpu) => {
    cpu.cr0 &= ~CR0_TS;
  },
  cpuid: (cpu) => {
    const answer = cpuid(cpu.identity, Number(cpu.readReg(RAX, 32)), ecx(cpu), cpu.mode === 64, {
      apic: isApicEnabled(cpu),
      limited: (cpu.miscEnable & MISC_LIMIT_CPUID) !== 0n,
      xdDisabled: (cpu.miscEnable & MISC_XD_DISABLE) !== 0n,
    });
    [RAX, RBX, RCX, RDX].forEach((register, index) => cpu.writeReg(register, 32, BigInt(answer[index])));
  },
  rdtsc: (cpu) => {
    requireTsc(cpu);
    writePair(cpu, cpu.tsc);
  },
  rdtscp: (cpu) => {
    requireTsc(cpu);
    writePair(cpu, cpu.tsc);
    cpu.writeReg(RCX, 32, BigInt(cpu.tscAux));
  },
  rdpmc: (cpu) => {
    if ((cpu.cr4 & CR4_PCE) === 0) cpu.requireCpl0();
    const value = cpu.wires.counters.readCounter(ecx(cpu));
    if (value === undefined) throw new Fault(GP, 0);
    writePair(cpu, value);
  },
  rdmsr: (cpu) => writePair(cpu, readMsr(cpu, ecx(cpu))),
  wrmsr: (cpu) => writeMsr(cpu, ecx(cpu), readPair(cpu)),
  swapgs: (cpu) => {
    const base = cpu.segBase[GS];
    cpu.segBase[GS] = cpu.kernelGsBase;
    cpu.kernelGsBase = base;
  },
  rdfsbase: readBase(FS),
  rdgsbase: readBase(GS),
  wrfsbase: writeBase(FS),
  wrgsbase: writeBase(GS),
  cli: (cpu) => {
    requireIopl(cpu);
    cpu.rflags &= ~IF;
  },
  sti: (cpu) => {
    requireIopl(cpu);
    if ((cpu.rflags & IF) === 0) cpu.setShadow(STI_SHADOW);
    cpu.rflags |= IF;
  },
  clac: (cpu) => {
    requireSupervisor(cpu);
    cpu.rflags &= ~AC;
  },
  stac: (cpu) => {
    requireSupervisor(cpu);
    cpu.rflags |= AC;
  },
  hlt: (cpu) => {
    cpu.monitored = -1;
    cpu.sleep();
  },
  monitor: (cpu, insn) => {
    requireSupervisor(cpu);
    if (ecx(cpu) !== 0) throw new Fault(GP, 0);
    arm(cpu, insn);
  },
  mwait: (cpu) => {
    requireSupervisor(cpu);
    if (ecx(cpu) !== 0) throw new Fault(GP, 0);
    if (cpu.monitored >= 0) cpu.sleep();
  },
  invlpg: (cpu, { dst }) => {
    if (dst.kind === 'mem') cpu.mmu.flushPage(linearOf(cpu, dst));
  },
  // Not claimed by CPUID: there are no PCIDs.
  invpcid: undefinedOpcode,
  invd: nothing,
  wbinvd: nothing,
  clflush: (cpu, { dst }) => {
    if (dst.kind === 'mem') cpu.mmu.translateRead(cpu.linear(dst.segment, cpu.offsetOf(dst), 8, READ), dst.segment);
  },
  fence: nothing,
  prefetch: nothing,
  // SDM vol. 3, table 2-2: without a coprocessor, software that emulates one sets EM; MMX and SSE cannot be emulated.
  fpu: (cpu, { form }) => {
    if (form.mnemonic === 'fwait') {
      if ((cpu.cr0 & (CR0_MP | CR0_TS)) === (CR0_MP | CR0_TS)) throw new Fault(NM);
      return;
    }
    const isX87 = form.mnemonic === 'x87';
    throw new Fault(isX87 && (cpu.cr0 & (CR0_EM | CR0_TS)) !== 0 ? NM : UD);
  },
  ud: undefinedOpcode,
} satisfies Semantics;
