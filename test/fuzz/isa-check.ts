// Decoder, encoder, printer and assembler against each other, on instructions drawn from the table and on random bytes.

import { isDeepStrictEqual } from 'node:util';
import { encode } from '../../src/isa/encode.ts';
import { decode, MAX_LENGTH } from '../../src/isa/decode.ts';
import { particularity } from '../../src/isa/dispatch.ts';
import { allForms } from '../../src/isa/forms.ts';
import type { Insn } from '../../src/isa/insn.ts';
import type { Mode } from '../../src/isa/operand.ts';
import { print } from '../../src/isa/print.ts';
import { Random } from '../../src/base/random.ts';
import { assemble, formatDiagnostic, toFlat } from '../../src/index.ts';
import { sample } from '../isa/samples.ts';
import { pick } from './pick.ts';

const DRAWS = 200;
const MODES = [16, 32, 64] as const;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** decode(encode(x)) is x. */
const checkEncoding = (random: Random): string | undefined => {
  const form = pick(random, allForms());
  const mode = pick(random, form.modes);
  const insn = form.use === 'alias' ? undefined : sample(form, mode, random);
  if (!insn) return undefined;
  const bytes = encode(insn);
  const decoded = decode(bytes, 0, mode);
  if (typeof decoded === 'string') return `${form.id}, ${mode}-bit: ${hex(bytes)} is ${decoded}`;
  if (particularity(decoded.form) > particularity(form)) return undefined;
  const { length, ...rest } = decoded;
  const isSame = length === bytes.length && isDeepStrictEqual(rest, insn);
  return isSame ? undefined : `${form.id}, ${mode}-bit: ${hex(bytes)} is decoded as ${JSON.stringify(rest, plain)}`;
};

const plain = (key: string, value: unknown): unknown => (key === 'form' ? (value as { id: string }).id : typeof value === 'bigint' ? `${value}` : value);

const PREFIXES = [0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x64, 0x2e, 0x3e, 0x48, 0x41, 0x4f, 0x0f, 0x0f];

const drawInsn = (random: Random, mode: Mode): { bytes: Uint8Array; insn: Insn } | undefined => {
  const bytes = Uint8Array.from({ length: MAX_LENGTH + 1 }, () => random.below(256));
  for (let i = random.below(4) - 1; i >= 0; i--) bytes[i] = pick(random, PREFIXES);
  const insn = decode(bytes, 0, mode);
  if (insn === 'truncated') throw new Error(`${mode}-bit ${hex(bytes)}: the decoder asks for more than an instruction can have`);
  return typeof insn === 'string' ? undefined : { bytes: bytes.subarray(0, insn.length), insn };
};

/** Encodings whose text cannot be kept: XCHG with the accumulator, and a short jump so padded that a plain one does not reach. */
const isKnownException = ({ form, dst }: Insn): boolean =>
  form.sem === 'xchg' || (dst.kind === 'rel' && dst.size === 8 && dst.displacement > 0x70n);

/** What is printed can be assembled and means the same, at an address of its own each. */
const checkPrinting = (random: Random, mode: Mode): string | undefined => {
  const drawn = Array.from({ length: DRAWS }, () => drawInsn(random, mode)).flatMap((each) => (each && !isKnownException(each.insn) ? [each] : []));
  const texts = drawn.map(({ insn }) => print(insn));
  const source = [`bits ${mode}`, 'org 0', ...texts.map((text, index) => `section .s${index} align=1 vstart=0\n${text}`)].join('\n');
  const { object, diagnostics } = assemble('printed.asm', { read: (path) => ({ path, text: source }), readBytes: () => undefined });
  if (!object) return `${diagnostics.map(formatDiagnostic).join('\n')}\n${mode}-bit`;
  for (const [index, { bytes, insn }] of drawn.entries()) {
    const again = object.sections.find(({ name }) => name === `.s${index}`)?.bytes ?? new Uint8Array();
    const decoded = decode(again, 0, mode);
    const isSame = typeof decoded !== 'string' && print(decoded) === texts[index] && decoded.size === insn.size && decoded.form.sem === insn.form.sem;
    if (!isSame) return `${mode}-bit ${hex(bytes)} is printed as ${texts[index]}, which is assembled to ${hex(again)}`;
  }
  return toFlat(object).length > 0 ? undefined : 'nothing was assembled';
};

export const checkIsa = (seed: number): string | undefined => {
  const random = new Random(seed);
  for (let draw = 0; draw < DRAWS; draw++) {
    const wrong = checkEncoding(random);
    if (wrong) return wrong;
  }
  return checkPrinting(random, pick(random, MODES));
};
