// `[directive …]` lines → what they change (NASM manual, chapter 7 and 8.1). Those that only parsing needs to know (BITS, DEFAULT)
// change its state; the others become statements. In the bin format names need no export: GLOBAL and STATIC only mark them.

import type { Mode } from '../../isa/operand.ts';
import { type Expression, parseExpression } from './expression.ts';
import { isOneOf } from './operands.ts';
import { type Directive, SECTION_ATTRIBUTES, type SectionAttribute } from './statement.ts';
import type { Cursor, Reporter } from './tokens.ts';
import { spell } from './tokens.ts';

/** What the text so far has set. NASM's bin format starts with 16-bit code and absolute addresses. */
export interface Settings {
  mode: Mode;
  defaultRel: boolean;
}

/** The statement for a directive; undefined when there is none, or after a report. */
export const parseDirective = (cursor: Cursor, settings: Settings, reporter: Reporter): Directive | undefined => {
  const open = cursor.origin;
  cursor.take();
  const name = cursor.word;
  const origin = cursor.origin;
  cursor.take();
  const parse = name === undefined || !Object.hasOwn(DIRECTIVES, name) ? undefined : DIRECTIVES[name];
  if (!parse) {
    reporter.error(name === undefined ? open : origin, name === undefined ? 'directive expected after [' : `unrecognized directive '${name}'`);
    return undefined;
  }
  const directive = parse(cursor, reporter, settings);
  if (directive === 'invalid') return undefined;
  if (!cursor.accept(']')) reporter.error(cursor.origin, `${name}: expected ] at the end of a directive`);
  else if (!cursor.atEnd) reporter.error(cursor.origin, `end of line expected, not '${cursor.token?.text}'`);
  return directive;
};

type Parse = (cursor: Cursor, reporter: Reporter, settings: Settings) => Directive | undefined | 'invalid';

const parseBits: Parse = (cursor, reporter, settings) => {
  const { origin } = cursor;
  const token = cursor.take();
  const bits = token?.kind === 'number' ? Number(token.value) : undefined;
  if (bits !== 16 && bits !== 32 && bits !== 64) {
    reporter.error(origin, `'${token && token.text !== ']' ? token.text : ''}' is not a size of code: must be 16, 32 or 64`);
    return 'invalid';
  }
  settings.mode = bits;
  return undefined;
};

const withValue = (kind: 'sectalign' | 'absolute' | 'org'): Parse => (cursor, reporter) => {
  if (kind === 'sectalign' && (cursor.acceptWord('on') || cursor.acceptWord('off'))) return undefined;
  const value = parseExpression(cursor, reporter);
  return value ? { kind, value } : 'invalid';
};

const withNames = (kind: 'global' | 'static' | 'extern'): Parse => (cursor, reporter) => {
  const names: string[] = [];
  do {
    const { token } = cursor;
    if (token?.kind !== 'word') {
      reporter.error(cursor.origin, `${kind}: symbol expected`);
      return 'invalid';
    }
    cursor.take();
    if (cursor.accept(':') && !cursor.sees(']') && !cursor.sees(',')) {
      reporter.error(cursor.origin, 'binary format does not support any special symbol types');
      return 'invalid';
    }
    names.push(token.text);
  } while (cursor.accept(','));
  return { kind, names };
};

const ignore: Parse = (cursor) => {
  while (!cursor.atEnd && !cursor.sees(']')) cursor.take();
  return undefined;
};

/** Processors, and kinds of encodings, that `cpu` knows (NASM manual 7.11). */
const CPUS: ReadonlySet<string> = new Set([
  '8086', '186', '286', '386', '486', '586', 'pentium', '686', 'p6', 'pentiumpro', 'ppro', 'p2', 'p3', 'katmai', 'p4', 'willamette', 'prescott',
  'x64', 'x86-64', 'ia64', 'ia-64', 'itanium', 'itanic', 'merced', 'any', 'all', 'default', 'latevex', 'nolatevex', 'evex', 'noevex', 'vex', 'novex',
]);
/** Of all others every instruction of the table is known. */
const OLD_CPUS: ReadonlySet<string> = new Set(['8086', '186', '286', '386', '486']);

const parseCpu: Parse = (cursor, reporter) => {
  const { origin } = cursor;
  const names = [''];
  for (; !cursor.atEnd && !cursor.sees(']'); cursor.take()) {
    const { text, spaceBefore } = cursor.token!;
    if (text === ',' || (spaceBefore && names.at(-1) !== '')) names.push('');
    if (text !== ',') names[names.length - 1] += text.toLowerCase();
  }
  const unknown = names.find((name) => !CPUS.has(name));
  if (unknown !== undefined) {
    reporter.error(origin, `unknown CPU type or flag '${unknown}'`);
    return 'invalid';
  }
  const old = names.find((name) => OLD_CPUS.has(name));
  if (old !== undefined) reporter.warning(origin, `cpu ${old}: newer instructions are not refused, and near conditional jumps are those of a 386`);
  return undefined;
};

const parseDefault: Parse = (cursor, reporter, settings) => {
  do {
    const word = cursor.word;
    if (word === 'rel' || word === 'abs') settings.defaultRel = word === 'rel';
    else if (word !== 'bnd' && word !== 'nobnd') {
      reporter.error(cursor.origin, 'default: must be rel or abs');
      return 'invalid';
    }
    cursor.take();
  } while (cursor.accept(','));
  return undefined;
};

const refuseCommon: Parse = (cursor, reporter) => {
  reporter.error(cursor.origin, 'binary output format does not support common variables');
  return 'invalid';
};

/** Characters up to the next blank, as NASM reads names of sections. */
const parseName = (cursor: Cursor): string => {
  let name = '';
  for (let { token } = cursor; token && !cursor.sees(']') && (name === '' || !token.spaceBefore); token = cursor.token) {
    name += token.kind === 'string' ? token.text.slice(1, -1) : spell(token);
    cursor.take();
  }
  return name;
};

const parseSection: Parse = (cursor, reporter) => {
  const name = parseName(cursor);
  if (name === '') {
    reporter.error(cursor.origin, 'section: name expected');
    return 'invalid';
  }
  const attributes: SectionAttribute[] = [];
  while (!cursor.atEnd && !cursor.sees(']')) {
    const attribute = parseAttribute(cursor, reporter);
    if (attribute === 'invalid') return 'invalid';
    if (attribute) attributes.push(attribute);
  }
  return { kind: 'section', name, attributes };
};

const parseAttribute = (cursor: Cursor, reporter: Reporter): SectionAttribute | undefined | 'invalid' => {
  const { origin } = cursor;
  const kind = cursor.word;
  if (!isOneOf(SECTION_ATTRIBUTES, kind)) {
    reporter.warning(origin, `ignoring unknown section attribute: "${parseName(cursor)}"`);
    return undefined;
  }
  cursor.take();
  if (kind === 'progbits' || kind === 'nobits') return { kind };
  if (!cursor.accept('=')) {
    reporter.error(cursor.origin, `${kind}: = expected`);
    return 'invalid';
  }
  if (kind === 'follows' || kind === 'vfollows') {
    const name = parseName(cursor);
    if (name !== '') return { kind, name };
    reporter.error(cursor.origin, `${kind}: section name expected`);
    return 'invalid';
  }
  const value: Expression | undefined = parseExpression(cursor, reporter);
  return value ? { kind, value } : 'invalid';
};

const DIRECTIVES: Readonly<Record<string, Parse>> = {
  bits: parseBits,
  default: parseDefault,
  section: parseSection,
  segment: parseSection,
  sectalign: withValue('sectalign'),
  absolute: withValue('absolute'),
  org: withValue('org'),
  global: withNames('global'),
  static: withNames('static'),
  extern: withNames('extern'),
  required: withNames('extern'),
  common: refuseCommon,
  cpu: parseCpu,
  map: ignore,
  warning: ignore,
  debug: ignore,
  list: ignore,
  pragma: ignore,
  float: ignore,
  optimize: ignore,
};
