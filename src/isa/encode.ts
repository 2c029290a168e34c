// Instructions → bytes: `encode` writes a form that is given, `encodeSource` chooses the form for what a programmer wrote as
// NASM 2.16 does. It takes the first row of the table that fits, so the order of rows is the preference.

import { fitsSigned } from '../base/bits.ts';
import { type EffectiveAddress, isWideOffset, resolveAddress } from './effective-address.ts';
import { defaultOperandSize, type DisplacementSize, emit, type Emitted, prefixBytes } from './emit.ts';
import { type Form, isUsually32, type OperandPattern } from './form.ts';
import type { Insn } from './insn.ts';
import { FS, type Mode, NO_OPERAND, NONE, type Operand, RIP } from './operand.ts';
import { FAILURES, type MatchContext, matchOperand, type Rank, valueOfImmediate } from './match.ts';
import { formsNamed } from './mnemonics.ts';
import { SEGMENT_NAMES } from './names.ts';
import { readWritten, type Written } from './prefixes.ts';
import { formsShaped, hasKinds } from './shapes.ts';
import type { Sem } from './sems.ts';
import type { AddressField, Encoded, ImmSource, InsnSource, MemSource, SourceOperand } from './source.ts';

/** What `encode` needs of an instruction: all but its length, which follows. */
export type Encodable = Omit<Insn, 'length'>;

/** The bytes of an instruction in its form, displacements as short as they can be. Throws if its form cannot have its operands. */
export const encode = (insn: Encodable): Uint8Array => {
  const { form, mode, addressSize, lock, repeat, segment } = insn;
  const operandSize = form.operandSize || (form.size === 0 && insn.size !== 8 ? insn.size : defaultOperandSize(form, mode));
  const operands = [insn.dst, insn.src, insn.third];
  const emitted = emit({ form, mode, operands, start: undefined, operandSize, addressSize, wait: false, lock, repeat, segment, displacementSize: 0 });
  if ('error' in emitted) throw new Error(`${form.id} cannot be encoded: ${emitted.error}`);
  return emitted.bytes;
};

/** The instruction as NASM encodes it by default (-Ox), or an error in NASM's words. */
export const encodeSource = (source: InsnSource): Encoded => {
  const written = readWritten(source);
  if ('error' in written) return written;
  if (source.mnemonic === '') return encodePrefixes(source.mode, written);
  const operands = withImpliedOperand(source);
  const memory = operands.find((operand) => operand.kind === 'mem');
  const address = memory && resolveAddress(memory, source.mode, written.addressSize);
  if (address && 'error' in address) return address;
  const isAbsolute = address?.operand.base === NONE && address.operand.index === NONE;
  const isRelative = source.mode === 64 && memory?.rip === 'rel'; // then NASM takes no form for an offset, even of a number
  const isOffset = isAbsolute && !isRelative && (address.operand.addressSize !== 64 || isWideOffset(memory as MemSource));
  return choose({ source, operands, written, memory, address, isOffset, hasUnsizedMemory: memory !== undefined && memory.size === undefined });
};

const encodePrefixes = (mode: Mode, written: Written): Encoded => {
  const { wait, lock, repeat, segment } = written;
  const operandSize = written.operandSize ?? defaultOperandSize(undefined, mode);
  const toggled = mode === 64 ? operandSize === 16 : operandSize !== mode;
  const bytes = prefixBytes(
    { mode, operandSize, addressSize: written.addressSize ?? mode, wait, lock, repeat, segment },
    toggled,
  );
  return { bytes: Uint8Array.from(bytes), form: undefined, warnings: [] };
};

/** IMUL r, imm is IMUL r, r, imm. */
const withImpliedOperand = ({ mnemonic, operands }: InsnSource): readonly SourceOperand[] => {
  if (mnemonic !== 'imul' || operands.length !== 2) return operands;
  const [first, second] = operands;
  return first.kind === 'reg' && second.kind === 'imm' ? [first, first, second] : operands;
};

/** What was written, with all that does not depend on a form worked out. */
interface Request extends MatchContext {
  readonly source: InsnSource;
  readonly operands: readonly SourceOperand[];
  readonly written: Written;
  readonly memory: MemSource | undefined;
  readonly address: Exclude<EffectiveAddress, { readonly error: string }> | undefined;
}

type Success = Exclude<Encoded, { readonly error: string }>;

/**
 * The first form that fits, and is not shorter than in the pass before. Forms that lose bits of a value come last. If the length
 * of the pass before cannot be reached, the longest.
 */
const choose = (request: Request): Encoded => {
  const { mnemonic, mode, atLeast = 0 } = request.source;
  const forms = formsShaped(mnemonic, request.operands, mode);
  let failure: string | undefined;
  let longest: Success | undefined;
  for (let round = 0; round < 2; round++) {
    const relaxed = round === 1;
    if (isAmbiguous(forms, request, relaxed)) return { error: 'operation size not specified' };
    for (let at = 0; at < forms.length; at++) {
      const form = forms[at];
      if (matchForm(form, request, relaxed) !== 'fits') continue;
      const sizes = request.memory && atLeast > 0 ? DISPLACEMENT_SIZES : SHORTEST;
      for (let size = 0; size < sizes.length; size++) {
        const result = build(form, request, sizes[size]);
        if ('error' in result) failure ??= result.error;
        else if (result.bytes.length >= atLeast) return result;
        else if (!longest || result.bytes.length > longest.bytes.length) longest = result;
      }
    }
  }
  return longest ?? { error: failure ?? explain(request) };
};

const SHORTEST = [0] as const;
const DISPLACEMENT_SIZES = [0, 8, 32] as const;

/** Why no form fits: the most telling reason of all of them. */
const explain = (request: Request): string => {
  const { mnemonic, mode } = request.source;
  const forms = formsNamed(mnemonic);
  if (forms.length === 0) return `unknown instruction ${mnemonic}`;
  const ranks = forms.map((form) => {
    const rank = hasKinds(form, request.operands) ? matchForm(form, request, true) : 'combination';
    return rank === 'fits' ? 'mode' : rank;
  });
  const worst = FAILURES.findLast((failure) => ranks.includes(failure));
  if (worst === 'mode') return `instruction not supported in ${mode}-bit mode`;
  return worst === 'size' ? 'mismatch in operand sizes' : 'invalid combination of opcode and operands';
};

/** Memory without a size word, of which the fitting forms make different things. */
const isAmbiguous = (forms: readonly Form[], request: Request, relaxed: boolean): boolean => {
  const { operands, memory, hasUnsizedMemory } = request;
  if (!hasUnsizedMemory || !memory || forms.length < 2) return false;
  const at = operands.indexOf(memory);
  let size: number | undefined;
  for (let index = 0; index < forms.length; index++) {
    const form = forms[index];
    if (matchForm(form, request, relaxed) !== 'fits') continue;
    const pattern = form.operands[at];
    const another = 'size' in pattern ? pattern.size : 0;
    if (size !== undefined && size !== another) return true;
    size = another;
  }
  return false;
};

/** How well a form fits whose operands are of the kinds that were written. */
const matchForm = (form: Form, request: Request, relaxed: boolean): Rank => {
  const { operands, written } = request;
  const isOtherAddressSize = form.addressSize !== 0 && written.addressSize !== undefined && written.addressSize !== form.addressSize;
  const operandSize = operandSizeFor(form, request);
  if (isOtherAddressSize || (operandSize !== form.operandSize && form.operandSize !== 0)) return 'combination';
  let result: Rank = 'fits';
  for (let i = 0; i < operands.length; i++) {
    const rank = matchOperand(form, form.operands[i], operands[i], operandSize, request, relaxed);
    if (rank === 'combination') return rank;
    if (rank !== 'fits') result = rank;
  }
  return result;
};

/**
 * The operand size that the text asks for: by an o-prefix; where no register or memory shows it, by the size word of an immediate or
 * target; else the form's own, or where it is hidden (as in JMP [x]) that of the mode.
 */
const operandSizeFor = (form: Form, { source: { mode }, operands, written, memory }: Request): 16 | 32 | 64 => {
  const usual = isUsually32(form);
  const isFar = form.sem === 'jmp_far' || form.sem === 'call_far';
  const first = operands[0];
  const given = first !== undefined && (first.kind === 'imm' || first.kind === 'mem' || first.kind === 'far') ? first.size : undefined;
  const takesWord = given !== undefined && (form.sem === 'push' || isFar || form.operands.some(({ kind }) => kind === 'rel'));
  const word = takesWord ? given : undefined;
  const wanted = written.operandSize === undefined || showsSize(form, operands) ? undefined : written.operandSize;
  const asked = wanted ?? (word === 16 || word === 32 || word === 64 ? word : undefined);
  const is64 = asked === 32 && mode === 64 && !usual && (word === undefined || form.sem === 'push');
  if (asked !== undefined) return is64 ? 64 : asked;
  const isUnsized = memory !== undefined && memory.size === undefined && (isFar || form.sem === 'jmp' || form.sem === 'call');
  if (form.operandSize !== 0 && !isUnsized && !hidesSize(form)) return form.operandSize;
  return isFar && memory ? mode : defaultOperandSize(form, mode);
};

/** Whether the operands or the mnemonic (STOSD) say which form is meant, so that an o-prefix is but a byte more. */
const showsSize = (form: Form, operands: readonly SourceOperand[]): boolean =>
  form.operands.some(({ kind }) => kind === 'rel') ||
  (form.operandSize !== 0 && formsNamed(form.mnemonic).every(({ operandSize }) => operandSize === form.operandSize)) ||
  operands.some((operand) => operand.kind === 'reg' || (operand.kind !== 'far' && 'size' in operand && operand.size !== undefined && operand.size !== 8));

/** Whether only a size word tells forms apart that differ in operand size: PUSH imm, branches, far pointers. */
const hidesSize = ({ operands, sem }: Form): boolean =>
  sem === 'jmp_far' ||
  sem === 'call_far' ||
  (operands.length === 1 && (operands[0].kind === 'rel' || (sem === 'push' && operands[0].kind === 'imm')));

const NEAR_BRANCHES: ReadonlySet<Sem> = new Set<Sem>(['jmp', 'jcc', 'call', 'ret']);

/** The bytes of a form that fits. */
const build = (form: Form, request: Request, displacementSize: DisplacementSize): Success | { readonly error: string } => {
  const {
    source: { mode, address: start },
    operands: sources,
    written,
    address,
  } = request;
  const operandSize = operandSizeFor(form, request);
  const { hasUnsizedMemory } = request;
  const { operandSize: asked } = written;
  const addressSize = address?.operand.addressSize ?? (form.addressSize || written.addressSize || mode);
  const warnings: string[] = [];
  if (address) for (let index = 0; index < address.warnings.length; index++) warnings.push(address.warnings[index]);
  const operands = new Array<Operand>(form.operands.length);
  for (let index = 0; index < operands.length; index++) {
    operands[index] = operandFrom(form.operands[index], sources[index], request, operandSize, warnings);
  }
  const least = widerOf(address, displacementSize);
  const { wait, lock, repeat, segment } = written;
  if (written.bnd && !NEAR_BRANCHES.has(form.sem)) return { error: 'bnd prefix is not allowed' };
  const keepsBnd = !written.bnd || form.sem !== 'jmp' || operands[0].kind !== 'rel' || operands[0].size !== 8;
  if (!keepsBnd) warnings.push('jmp short does not init bnd regs - bnd prefix dropped');
  if (asked !== undefined && form.operandSize !== 0 && asked !== operandSize) warnings.push(`invalid operand size prefix, must be o${operandSize}`);
  const emitted = emit({
    form, mode, operands, start, operandSize, asked, hasUnsizedMemory, addressSize, wait, lock, repeat: keepsBnd ? repeat : 'none', segment, displacementSize: least,
  });
  if ('error' in emitted) return emitted;
  const { bytes } = emitted;
  const target = operands[0];
  if (target?.kind === 'rel' && !reaches(target.displacement - start - BigInt(bytes.length), target.size, form, sources[0]))
    return { error: 'short jump is out of range' };
  if (lock && !(form.lock && address)) warnings.push('instruction is not lockable');
  if (mode === 64 && segment >= 0 && segment < FS)
    warnings.push(`${SEGMENT_NAMES[segment]} segment base generated, but will be ignored in 64-bit mode`);
  return { bytes, form, field: fieldOf(form, request, emitted), warnings };
};

/** The field that holds an address, if there is one and only one. */
const fieldOf = ({ operands: patterns }: Form, { operands, address }: Request, { bytes, displacementAt, tailAt }: Emitted): AddressField | undefined => {
  let field: AddressField | undefined;
  for (let operand = 0; operand < operands.length; operand++) {
    const source = operands[operand];
    if ((source.kind !== 'imm' && source.kind !== 'mem') || source.section === 'none') continue;
    if (field) return undefined;
    const isMemory = source.kind === 'mem' && displacementAt >= 0;
    const at = isMemory ? displacementAt : tailAt;
    const isRelative = isMemory ? address?.operand.base === RIP : patterns[operand].kind === 'rel';
    field = { operand, at, bytes: (isMemory ? tailAt : bytes.length) - at, isRelative };
  }
  return field;
};

/** A wider displacement than needed can be had where none was asked for in the text. */
const widerOf = (address: Request['address'], wanted: DisplacementSize): DisplacementSize => {
  if (!address) return 0;
  const full = address.operand.addressSize === 16 ? 16 : 32;
  return Math.max(wanted === 32 ? full : wanted, address.displacementSize) as DisplacementSize;
};

/** A short jump that nobody asked for by name goes only to a place in the same section. */
const reaches = (displacement: bigint, size: number, { sem }: Form, source: SourceOperand): boolean => {
  if (size !== 8) return true;
  const unasked = (sem === 'jmp' || sem === 'jcc') && (source as ImmSource).distance !== 'short';
  return fitsSigned(displacement, 8) && !(unasked && (source as ImmSource).section !== 'same');
};

const operandFrom = (
  pattern: OperandPattern,
  source: SourceOperand | undefined,
  { address }: Request,
  operandSize: 16 | 32 | 64,
  warnings: string[],
): Operand => {
  if (pattern.kind === 'fixed') return pattern.operand;
  if (!source) return NO_OPERAND;
  switch (source.kind) {
    case 'mem':
      return { ...address!.operand, size: 'size' in pattern ? pattern.size : 0 };
    case 'imm': {
      if (pattern.kind === 'rel') return { kind: 'rel', displacement: source.value, size: pattern.size };
      if (pattern.kind !== 'imm') return NO_OPERAND;
      const value = valueOfImmediate(pattern, source, operandSize);
      if (value.warning !== undefined) warnings.push(value.warning);
      return value.operand;
    }
    case 'far':
      return {
        kind: 'far',
        selector: Number(BigInt.asUintN(16, source.selector)),
        offset: source.offset,
        size: operandSize === 16 ? 16 : 32,
      };
    default:
      return source;
  }
};
