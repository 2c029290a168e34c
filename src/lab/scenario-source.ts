// A scenario's source, and the names that the image made of it has → what would make it another run than its author thinks, found before
// anything boots. The assembler has no objection to any of this.

import type { Diagnostic } from '../base/diagnostic.ts';
import { didYouMean } from '../base/nearest.ts';
import { SYSCTL_PREFIX } from './conditions.ts';
import type { Expectation } from './expectation.ts';
import type { KernelNames } from './kernel-names.ts';
import type { Scenario } from './scenario.ts';
import { Header } from './scenario-header.ts';

const DECLARATION = /^\s*scenario\s+([^\s,;]+)/;
const BEGIN = /^\s*(?:function|naked)\s+([^\s,;]+)/;
const END = /^\s*endfunction\b/;
const IF = /^\s*%if/i;
const ELSE = /^\s*%el/i;
const ENDIF = /^\s*%endif/i;
const MACRO = /^\s*%i?r?macro\b/i;
const ENDMACRO = /^\s*%endm(?:acro)?\b/i;

/** As the kernel compares names (parameq). */
const plain = (name: string): string => name.replaceAll('-', '_');

/** The name in the first line `scenario NAME, FUNCTION` of a source. */
export const declaredName = (source: string): string | undefined => declarations(source).at(0)?.name;

const declarations = (source: string): { readonly name: string; readonly line: number }[] =>
  source.split(/\r?\n/).flatMap((text, index) => {
    const name = DECLARATION.exec(text)?.[1];
    return name === undefined ? [] : { name, line: index + 1 };
  });

/** Whether a source is a scenario at all: it says what is expected, or declares one. */
export const isScenario = (source: string): boolean =>
  new Header('', source).fields.some(({ name }) => name === 'expect') || declarations(source).length > 0;

/** What is wrong with `source`, which has become an image with these names. */
export const checkScenario = (path: string, source: string, scenario: Scenario, names: KernelNames): Diagnostic[] => {
  const header = new Header(path, source);
  const functions = scenario.expectations.flatMap(({ value }) => unknownFunctions(value, names));
  return [
    ...wrongName(header, source, scenario.name, names),
    ...openFunctions(header, source),
    ...unknownConditions(header, scenario, names),
    ...functions.map(({ name, text }) => header.mistake(text, header.fields.find(({ value }) => value.includes(`in=${name}`))?.line, `in=${name}`)),
  ];
};

const wrongName = (header: Header, source: string, name: string, { scenarios }: KernelNames): Diagnostic[] => {
  if (scenarios.some((known) => plain(known) === plain(name))) return [];
  const declared = declarations(source).filter(({ name: one }) => scenarios.some((known) => plain(known) === plain(one)));
  if (declared.length > 0) {
    const [{ name: other, line }] = declared;
    const text = `the scenario '${other}' is in a file of another name, by which it would not be found: call the file ${other}.asm, or the scenario ${plain(name)}`;
    return [header.mistake(text, line, other)];
  }
  const { line = 1 } = header.fields.find((field) => field.name === 'expect') ?? {};
  return [header.mistake(`no line 'scenario ${plain(name)}, FUNCTION' counts in this source: it would never start`, line)];
};

/** Functions that no `endfunction` closes: traces and `in=` would not know them. In macros anything may stand. */
const openFunctions = (header: Header, source: string): Diagnostic[] => {
  const found: Diagnostic[] = [];
  type Open = { readonly name: string; readonly line: number } | undefined;
  let open: Open;
  let macros = 0;
  /** What was open at each %if that is open: every branch begins with that. */
  const branches: Open[] = [];
  const complain = (): void => {
    if (open) found.push(header.mistake(`the function '${open.name}' has no 'endfunction'`, open.line, open.name));
  };
  for (const [index, text] of source.split(/\r?\n/).entries()) {
    if (MACRO.test(text)) macros++;
    else if (ENDMACRO.test(text)) macros--;
    if (macros > 0) continue;
    const name = BEGIN.exec(text)?.[1];
    if (name !== undefined) {
      complain();
      open = { name, line: index + 1 };
    } else if (END.test(text)) open = undefined;
    else if (IF.test(text)) branches.push(open);
    else if (ELSE.test(text)) open = branches.at(-1);
    else if (ENDIF.test(text)) branches.pop();
  }
  complain();
  return found;
};

/** Functions of `in=` that the kernel does not have: no report can be of one. Of an image that names none, nothing is known. */
export const unknownFunctions = (expectation: Expectation, { functions }: KernelNames): { readonly name: string; readonly text: string }[] => {
  const wanted = expectation.flatMap(({ events }) => events.flatMap((event) => event.in ?? []));
  const unknown = functions.length === 0 ? [] : [...new Set(wanted)].filter((name) => !functions.includes(name));
  return unknown.map((name) => ({ name, text: `in=${name}: the kernel has no such function${didYouMean(name, functions)}` }));
};

const MACHINE = ['cpus', 'pmu'];

/** Conditions on words that the kernel does not know never hold. */
const unknownConditions = (header: Header, scenario: Scenario, { parameters, sysctls }: KernelNames): Diagnostic[] => {
  const known = [...MACHINE, ...parameters, ...sysctls];
  const conditions = [
    ...scenario.setting.words,
    ...[...scenario.expectations, ...scenario.limits].flatMap((rule) => rule.conditions),
    ...scenario.cells.flat(),
  ];
  const unknown = new Set(conditions.map(({ key }) => key).filter((key) => !known.includes(plain(bareKey(key)))));
  return [...unknown].map((key) => {
    const field = header.fields.find((one) => `${one.conditions ?? ''} ${one.value}`.includes(key));
    return header.mistake(`the kernel knows no '${key}'${didYouMean(bareKey(key), known)}`, field?.line, key);
  });
};

const bareKey = (key: string): string => (key.startsWith(SYSCTL_PREFIX) ? key.slice(SYSCTL_PREFIX.length) : key);
