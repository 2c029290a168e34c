// Descriptor tables and what may be asked about descriptors (SDM vol. 3, 2.4, 5.10). Real mode knows only GDTR and IDTR.

import { type Size, truncate } from '../../base/bits.ts';
import type { MemOperand, Operand } from '../../isa/operand.ts';
import { isCanonical } from '../memory/canonical.ts';
import type { Cpu } from '../cpu.ts';
import { Fault, GP, NP, UD } from '../events/fault.ts';
import { setFlags, ZF } from '../flags.ts';
import { dplOf, TYPE_BUSY, TYPE_LDT, TYPE_TSS, TYPE_TSS16 } from '../identity/registers.ts';
import {
  type Descriptor, errorOf, findDescriptor, isConforming, isNull, isPresent, isReadable, isWritable, readDescriptor,
  readWideBase, systemType, writeType,
} from '../memory/segment.ts';
import { LDTR, TR } from '../state.ts';
import type { Semantic, Semantics } from './semantic.ts';

/** Bit of a selector: the local table. */
const IN_LDT = 4;

interface PseudoDescriptor {
  readonly base: bigint;
  readonly limit: number;
}

const baseSize = (cpu: Cpu): Size => (cpu.mode === 64 ? 64 : 32);
const baseAt = (cpu: Cpu, op: MemOperand): bigint => truncate(cpu.offsetOf(op) + 2n, op.addressSize);

function readPseudoDescriptor(cpu: Cpu, op: Operand, size: Size): PseudoDescriptor {
  if (op.kind !== 'mem') throw new Fault(UD);
  const limit = Number(cpu.load(op.segment, cpu.offsetOf(op), 16));
  const base = cpu.load(op.segment, baseAt(cpu, op), baseSize(cpu));
  if (!isCanonical(base)) throw new Fault(GP, 0);
  return { limit, base: size === 16 && cpu.mode !== 64 ? base & 0xff_ffffn : base };
}

function writePseudoDescriptor(cpu: Cpu, op: Operand, { base, limit }: PseudoDescriptor): void {
  if (op.kind !== 'mem') throw new Fault(UD);
  cpu.probeWrite(op.segment, baseAt(cpu, op), baseSize(cpu));
  cpu.store(op.segment, cpu.offsetOf(op), 16, BigInt(limit));
  cpu.store(op.segment, baseAt(cpu, op), baseSize(cpu), base);
}

const inProtectedMode =
  (meaning: Semantic): Semantic =>
  (cpu, insn) => {
    if (!cpu.protectedMode) throw new Fault(UD);
    meaning(cpu, insn);
  };

const readSelector = (cpu: Cpu, op: Operand): number => Number(cpu.read(op) & 0xffffn);

/** An LDT or TSS descriptor for LLDT and LTR: in the GDT, of one of `types`, present. */
function readSystemDescriptor(cpu: Cpu, selector: number, types: readonly number[]): Descriptor & { readonly fullBase: bigint } {
  if ((selector & IN_LDT) !== 0) throw new Fault(GP, errorOf(selector));
  const descriptor = readDescriptor(cpu, selector, GP);
  if (!types.includes(systemType(descriptor.attributes))) throw new Fault(GP, errorOf(selector));
  if (!isPresent(descriptor.attributes)) throw new Fault(NP, errorOf(selector));
  return { ...descriptor, fullBase: cpu.longMode ? readWideBase(cpu, descriptor) : BigInt(descriptor.base) };
}

/** Types of system descriptors that LAR and LSL know (SDM vol. 2, LAR, LSL). */
interface TypesByMode {
  readonly legacy: readonly number[];
  readonly long: readonly number[];
}
const LAR_TYPES: TypesByMode = { legacy: [1, 2, 3, 4, 5, 9, 11, 12], long: [2, 9, 11, 12] };
const LSL_TYPES: TypesByMode = { legacy: [1, 2, 3, 9, 11], long: [2, 9, 11] };

/** The descriptor if it may be looked at with this privilege. */
function visible(cpu: Cpu, selector: number, types?: TypesByMode): Descriptor | undefined {
  const descriptor = isNull(selector) ? undefined : findDescriptor(cpu, selector);
  if (descriptor === undefined) return undefined;
  const { attributes } = descriptor;
  const type = systemType(attributes);
  if (type >= 0 && !types?.[cpu.longMode ? 'long' : 'legacy'].includes(type)) return undefined;
  if (isConforming(attributes)) return descriptor;
  return Math.max(cpu.cpl, selector & 3) <= dplOf(attributes) ? descriptor : undefined;
}

const verify = (isAllowed: (attributes: number) => boolean): Semantic =>
  inProtectedMode((cpu, { dst }) => {
    const descriptor = visible(cpu, readSelector(cpu, dst));
    setFlags(cpu, ZF, descriptor !== undefined && isAllowed(descriptor.attributes) ? ZF : 0);
  });

const look = (types: TypesByMode, value: (descriptor: Descriptor) => number): Semantic =>
  inProtectedMode((cpu, { dst, src }) => {
    const descriptor = visible(cpu, readSelector(cpu, src), types);
    if (descriptor !== undefined) cpu.write(dst, BigInt(value(descriptor)));
    setFlags(cpu, ZF, descriptor !== undefined ? ZF : 0);
  });

export const DESCRIPTOR_TABLES = {
  lgdt: (cpu, { dst, size }) => {
    const { base, limit } = readPseudoDescriptor(cpu, dst, size);
    cpu.gdtrBase = base;
    cpu.gdtrLimit = limit;
  },
  lidt: (cpu, { dst, size }) => {
    const { base, limit } = readPseudoDescriptor(cpu, dst, size);
    cpu.idtrBase = base;
    cpu.idtrLimit = limit;
  },
  sgdt: (cpu, { dst }) => writePseudoDescriptor(cpu, dst, { base: cpu.gdtrBase, limit: cpu.gdtrLimit }),
  sidt: (cpu, { dst }) => writePseudoDescriptor(cpu, dst, { base: cpu.idtrBase, limit: cpu.idtrLimit }),
  lldt: inProtectedMode((cpu, { dst }) => {
    const selector = readSelector(cpu, dst);
    if (isNull(selector)) {
      cpu.setSegment(LDTR, selector, 0n, 0, 0);
      return;
    }
    const { fullBase, limit, attributes } = readSystemDescriptor(cpu, selector, [TYPE_LDT]);
    cpu.setSegment(LDTR, selector, fullBase, limit, attributes);
  }),
  ltr: inProtectedMode((cpu, { dst }) => {
    const selector = readSelector(cpu, dst);
    if (isNull(selector)) throw new Fault(GP, 0);
    const types = cpu.longMode ? [TYPE_TSS] : [TYPE_TSS, TYPE_TSS16];
    const { fullBase, limit, attributes } = readSystemDescriptor(cpu, selector, types);
    writeType(cpu, selector, attributes | TYPE_BUSY);
    cpu.setSegment(TR, selector, fullBase, limit, attributes | TYPE_BUSY);
  }),
  sldt: inProtectedMode((cpu, { dst }) => cpu.write(dst, BigInt(cpu.segSelector[LDTR]))),
  str: inProtectedMode((cpu, { dst }) => cpu.write(dst, BigInt(cpu.segSelector[TR]))),
  verr: verify(isReadable),
  verw: verify(isWritable),
  // Limit bits 16 to 19 come along: undefined in the manual, so in processors.
  lar: look(LAR_TYPES, ({ high }) => high & 0x00ff_ff00),
  lsl: look(LSL_TYPES, ({ limit }) => limit),
  arpl: inProtectedMode((cpu, { dst, src }) => {
    const selector = cpu.readForUpdate(dst);
    const rpl = cpu.read(src) & 3n;
    const raised = (selector & 3n) < rpl;
    if (raised) cpu.write(dst, (selector & ~3n) | rpl);
    setFlags(cpu, ZF, raised ? ZF : 0);
  }),
} satisfies Semantics;
