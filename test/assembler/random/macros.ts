// Random use of the preprocessor: every kind of macro and condition, repetitions, contexts, strings.

import { alignment, constant, data, statement } from './code.ts';
import type { Draft } from './draft.ts';
import { count, literal, number, quoted, string } from './expressions.ts';

type Block = (draft: Draft) => string[];

/** Lines that may stand anywhere, also in a body or a branch. */
const body = (draft: Draft, least = 0, most = 3, blocks = BLOCKS): string[] =>
  draft.depth > 3 ? [data(draft)] : draft.some(least, most, () => draft.pick(draft.chance(60) ? PLAIN : blocks)(draft)).flat();

const defineNumber: Block = (draft) => {
  const again = draft.numbers.filter((name) => name.startsWith('n'));
  const name = again.length > 0 && draft.chance(30) ? draft.pick(again) : draft.fresh('n');
  const line = draft.pick([
    () => `%assign ${name} ${number(draft)}`,
    () => `%define ${name} ${draft.chance(50) ? `(${number(draft, 1)})` : literal(draft)}`,
    () => `%xdefine ${name} (${number(draft)})`,
    () => `%iassign ${name} ${number(draft)}`,
    () => `%idefine ${name} ${literal(draft)}`,
  ])();
  if (!draft.numbers.includes(name)) draft.numbers.push(name);
  return [line];
};

/** In parentheses, so that it is a number wherever it is used. */
const defineFunction: Block = (draft) => {
  const name = draft.fresh('f');
  const taken = draft.some(1, 3, (index) => `p${index}`);
  const styled = taken.map((parameter) => `${draft.pick(['', '', '', '='])}${parameter}`);
  const used = (): string => draft.pick([...taken, literal(draft)]);
  const definition = `%${draft.pick(['define', 'define', 'xdefine', 'idefine'])} ${name}(${styled.join(draft.pick([',', ', ']))}) (${used()} ${draft.pick(['+', '-', '*', '|'])} ${used()})`;
  draft.functions.push({ name, least: taken.length, most: taken.length });
  return [definition];
};

const stringOperations: Block = (draft) => {
  const name = draft.fresh('s');
  const size = draft.fresh('n');
  const lines = [
    draft.pick([
      () => `%define ${name} ${quoted(draft)}`,
      () => `%strcat ${name} ${draft.some(1, 4, () => string(draft)).join(draft.pick([',', ' ', ', ']))}`,
      () => `%substr ${name} ${string(draft)} ${draft.between(1, 4)}${draft.chance(60) ? `, ${draft.pick([0, 1, 2, 3, -1, -2])}` : ''}`,
      () => `%substr ${name} ${string(draft)}, ${draft.between(1, 4)}${draft.chance(60) ? `,${draft.pick([1, 2, 9, -1, -3])}` : ''}`,
      () => `%defstr ${name} ${draft.pick(['abc', 'a b  c', 'eax, [ebx]', '1+2', number(draft, 1), `x "y" z`, '', '$ $$ % ^'])}`,
      () => `%xdefine ${name} ${quoted(draft)}`,
    ])(),
    `%strlen ${size} ${name}`,
    `db ${name}, ${size}`,
  ];
  draft.strings.push(name);
  draft.numbers.push(size);
  if (draft.chance(20)) lines.push(`%deftok ${draft.fresh('t')} ${draft.pick([`'abc'`, `"1+2"`, '`ax`'])}`);
  return lines;
};

const pasting: Block = (draft) => {
  const [stem, digit] = [draft.fresh('g').replace(/\W/g, ''), draft.below(5)];
  const [whole, index] = [`${stem}${digit}`, draft.fresh('n')];
  draft.numbers.push(index);
  return [
    `%assign ${index} ${digit}`,
    `%define ${whole} ${literal(draft)}`,
    `%define ${stem}x(a) ${stem}%+a`,
    draft.pick([`db ${stem}%[${index}]`, `dw ${stem}x(${digit})`, `dd %[${stem}%[${index}]]`, `dd ${stem}%+${index}`, `dw ${whole}`]),
  ];
};

const CONDITIONS: readonly ((draft: Draft) => string)[] = [
  (draft) => ` ${number(draft)}`,
  (draft) => ` ${number(draft)}`,
  (draft) => `def ${draft.pick([...draft.numbers, 'nothing', '__FILE__', 'nothing else'])}`,
  (draft) => `ndef ${draft.pick([...draft.numbers, 'nothing'])}`,
  (draft) => `macro ${draft.pick([...draft.macros.map(({ name, least }) => draft.pick([name, `${name} ${least}`])), 'nothing', 'align', 'nothing 1-2'])}`,
  (draft) => `idn ${draft.pick(['a', 'eax', '1', '"x"'])}, ${draft.pick(['a', 'A', 'eax', '1', `'x'`])}`,
  (draft) => `idni ${draft.pick(['a', 'eax', '"x"'])},${draft.pick(['a', 'A', 'EAX', '"X"'])}`,
  (draft) => `${draft.pick(['id', 'num', 'str', 'token', 'empty', 'nid', 'nnum', 'nstr', 'ntoken', 'nempty'])} ${draft.pick(['a', '1', '-1', '"x"', '', 'a b', '$', '[1]', 'eax', ...draft.numbers])}`,
  (draft) => `${draft.pick(['ctx', 'nctx'])} ${draft.pick(['one', 'two'])}`,
  (draft) => draft.pick(['env NOTHING_LIKE_THIS', 'nenv NOTHING_LIKE_THIS']),
];

const conditional: Block = (draft) => {
  const condition = (): string => draft.pick(CONDITIONS)(draft);
  const lines = [`%if${condition()}`, ...draft.inside(() => body(draft))];
  for (let more = draft.below(3); more > 0; more--) lines.push(`%elif${condition()}`, ...draft.inside(() => body(draft)));
  if (draft.chance(60)) lines.push('%else', ...draft.inside(() => body(draft)));
  return [...lines, draft.pick(['%endif', '%endif', '%ENDIF'])];
};

const repetition: Block = (draft) => {
  const counter = draft.fresh('n');
  const lines = [`%assign ${counter} 0`, `%rep ${count(draft, 4)}`];
  draft.inside(() => {
    draft.numbers.push(counter);
    lines.push(...body(draft, 1, 2, PLAIN)); // NASM falls over macros that are defined in a repetition
    if (draft.chance(30)) lines.push(`%if ${counter} ${draft.pick(['=', '>', '<='])} ${draft.below(4)}`, '%exitrep', '%endif');
    lines.push(`db ${counter}`, `%assign ${counter} ${counter}+1`);
  });
  draft.numbers.push(counter);
  return [...lines, '%endrep'];
};

const ARGUMENTS: readonly ((draft: Draft) => string)[] = [
  (draft) => literal(draft),
  (draft) => number(draft, 1),
  (draft) => number(draft, 1),
  (draft) => `{${literal(draft)}}`,
  (draft) => `(${number(draft, 2)})`,
];

export const call: Block = (draft) => {
  if (draft.macros.length === 0) return [data(draft)];
  const { name, least, most } = draft.pick(draft.macros);
  const given = draft.some(least, most, () => draft.pick(ARGUMENTS)(draft));
  const label = draft.chance(15) ? `${draft.fresh('c')}: ` : '';
  return [`${label}${name} ${given.join(draft.pick([',', ', ']))}`];
};

/** A macro of numbers, whose body is calculated from them in every way that there is. */
const defineMacro: Block = (draft) => {
  const name = draft.fresh('m');
  const least = draft.below(3);
  const most = least + draft.below(3);
  const isOpen = draft.chance(15);
  const isGreedy = !isOpen && most > 0 && draft.chance(15);
  const defaults = draft.chance(50) ? draft.some(0, most - least, () => literal(draft)) : [];
  const arity = `${isOpen ? `${least}-*` : least === most ? least : `${least}-${most}`}${isGreedy ? '+' : ''}${draft.chance(5) ? '.nolist' : ''}`;
  const certain = least + (isOpen ? 0 : defaults.length);
  const argument = (): string => (certain > 0 ? `%${draft.between(1, certain)}` : '%0');
  const lines: string[] = [];
  draft.inside(() => {
    const piece: Block = () => draft.pick<() => string[]>([
      () => [`db ${argument()}, %0`],
      () => [`dw (${argument()}) ${draft.pick(['+', '*', '-'])} ${literal(draft)}`],
      () => ['%%at: dw %%at - $$'],
      () => [`jmp %%there${draft.chance(50) ? ' ' : ' ; and on'}`, `times ${count(draft, 9)} nop`, '%%there:'],
      () => (least > 0 ? [`dw %{1:${draft.pick([1, -1])}}`] : ['db %0']),
      () => (least > 0 ? ['%rep %0', 'db %1', '%rotate 1', '%endrep'] : ['nop']),
      () => (least > 0 ? [`%rotate ${draft.pick([1, -1, 2, 0])}`] : ['nop']),
      () => [`%if %0 ${draft.pick(['>', '<', '='])} ${draft.below(4)}`, `db ${argument()}`, ...(draft.chance(30) ? ['%exitmacro'] : []), '%else', 'nop', '%endif'],
      () => [`%ifnum ${argument()}`, 'db 1', '%elifid %1', 'db 2', '%endif'],
      () => [`%defstr %%s %?`, 'db %%s'],
      () => [`%xdefine %%d ${argument()}`, 'dd %%d'],
      () => [`%define local_${name.replace(/\W/g, '')} ${argument()}`, `db local_${name.replace(/\W/g, '')}`],
      () => [`%push ${draft.pick(['one', 'two', ''])}`, `%assign %$v ${argument()}`, 'dd %$v', '%$here: dw %$here - $$', '%pop'],
      () => body(draft, 0, 1),
    ])();
    lines.push(...draft.some(1, 4, () => piece(draft)).flat());
  });
  const kind = draft.pick(['macro', 'macro', 'imacro', 'MACRO']);
  const callable = { name, least, most: isGreedy ? most + 1 : isOpen ? least + 3 : most };
  draft.macros.push(callable);
  return [`%${kind} ${name} ${arity}${defaults.length > 0 ? ` ${defaults.join(',')}` : ''}`, ...lines, draft.depth === 0 && draft.chance(20) ? '%endm' : '%endmacro'];
};

/** Macros of condition codes and of labels. */
const odd: Block = (draft) => {
  const name = draft.fresh('o');
  const codes = ['z', 'nc', 'ge', 'PO', 'a', 'nbe', 's'];
  return draft.pick([
    () => [`%macro ${name} 1`, 'j%-1 %%skip', 'nop', '%%skip:', 'j%+1 %%skip', '%endmacro', `${name} ${draft.pick(codes)}`],
    () => [`%macro ${name} 0`, '%00: db 1', 'dw %00 - $$', '%endmacro', `${draft.fresh('q')}: ${name}`],
    () => [`%macro ${name} 1-*`, '%rep %0', 'db %1', '%rotate 1', '%endrep', '%endmacro', `${name} ${draft.some(1, 5, () => literal(draft)).join(',')}`],
    () => [`%macro ${name} 2+`, 'db %2', 'dw %1', '%endmacro', `${name} ${literal(draft)}, ${draft.some(1, 3, () => literal(draft)).join(',')}`],
    () => [`%macro ${name} 1`, '%ifstr %1', 'db %1', '%elifnum %1', 'dd %1', '%else', 'db 0', '%endif', '%endmacro', `${name} ${draft.pick([quoted(draft), literal(draft), 'eax', '-3', ''])}`],
    () => [`%macro ${name} 1-2 ${literal(draft)}`, 'db %1,%2', '%endmacro', `${name} {1,2}`, `${name} 1`, `%unmacro ${name} 1-2`, `%ifmacro ${name}`, 'db 9', '%endif'],
  ])();
};

const context: Block = (draft) => {
  const name = draft.pick(['one', 'two']);
  const lines = [`%push ${name}`, `%define %$d ${literal(draft)}`, `%assign %$n ${number(draft, 1)}`];
  draft.inside(() => {
    lines.push('dd %$d, %$n', '%$l: nop', 'dw %$l - $$', ...body(draft, 0, 2));
    if (draft.chance(40)) lines.push('%push inner', `%assign %$n ${draft.below(9)}`, 'db %$n, %$$n & 255', '%assign %$$n %$$n + 1', '%pop', 'dd %$n');
    if (draft.chance(30)) lines.push('%repl other', '%ifctx other', 'db 1', '%endif');
    if (draft.chance(30)) lines.push(`%assign %$i ${draft.below(5)}`, `%assign %$p%$i ${draft.below(200)}`, 'db %$p%$i');
  });
  return [...lines, '%pop'];
};

const forget: Block = (draft) => {
  const name = draft.fresh('u');
  return [`%define ${name} 1`, `%ifdef ${name}`, 'db 1', '%endif', `%undef ${name}`, `%ifdef ${name}`, 'db 2', '%endif'];
};

const alias: Block = (draft) => {
  const [name, other] = [draft.fresh('u'), draft.fresh('u')];
  return [`%defalias ${name} ${other}`, `%define ${name} ${literal(draft)}`, `dd ${other}, ${name}`, ...(draft.chance(50) ? [`%undefalias ${name}`, `%ifdef ${name}`, 'db 2', '%endif'] : [])];
};

const standard: Block = (draft) => [draft.pick(['dw __LINE__', 'db __BITS__', 'db __?FILE?__', 'db __OUTPUT_FORMAT__ ;', 'db __NASM_MAJOR__', 'dd __NASM_VERSION_ID__', 'dd __?LINE?__'].map((line) => line.replace('db __OUTPUT_FORMAT__ ;', '%defstr format __OUTPUT_FORMAT__')))];

const PLAIN: readonly Block[] = [
  (draft) => [statement(draft)], (draft) => [statement(draft)], (draft) => [statement(draft)], (draft) => [data(draft)], defineNumber, call,
];

export const BLOCKS: readonly Block[] = [
  defineNumber, defineNumber, defineFunction, stringOperations, pasting, conditional, conditional, repetition, defineMacro, defineMacro, call, call,
  odd, context, forget, alias, standard, (draft) => [constant(draft)], (draft) => [alignment(draft)],
];
