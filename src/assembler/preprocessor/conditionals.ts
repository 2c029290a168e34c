// `%if` and its kin → whether the lines after them are read. All of them are one table of conditions, each with its negation
// (`%ifn…`) and both as a later branch (`%elif…`, `%elifn…`). NASM manual 4.4.
import type { Conditional } from './input.ts';
import type { Percent, Piece } from '../language/lex.ts';
import { parseArity } from './macros.ts';
import { isPunctuation, isWord, spellPieces } from './pieces.ts';
import type { Preprocessor } from './preprocessor.ts';
import type { RawLine } from './raw-line.ts';
import { packageIn } from './packages.ts';
import { substitute, variableName } from './substitute.ts';
import { textOf } from '../language/tokens.ts';

/** What stands behind the directive → whether it holds; undefined after a report. */
type Condition = (state: Preprocessor, pieces: readonly Piece[], directive: Percent) => boolean | undefined;

/** Whether lines are read here. */
export const isReading = (state: Preprocessor): boolean => {
  const { top, file } = state.input;
  if (top !== undefined && top.kind !== 'file' && top.isOver) return false;
  if (file === undefined || file.conditionals.length === 0) return true;
  return file.conditionals[file.conditionals.length - 1].state === 'on';
};

const BEGINS_CONDITIONAL = /^(?:if|el|endif)/;

/** Does what a conditional directive says; false if it is none. Must also be called in a branch that is not read. */
export const handleConditional = (state: Preprocessor, directive: Percent, line: RawLine): boolean => {
  if (!BEGINS_CONDITIONAL.test(directive.lower)) return false;
  const name = directive.lower;
  if (name === 'else') takeElse(state, directive);
  else if (name === 'endif') takeEndif(state, directive);
  else if (/^(?:el)?if/.test(name)) {
    const isElif = name.startsWith('el');
    const chooseBranch = (): Branch => branchFor(state, directive, name.slice(isElif ? 4 : 2), line);
    if (isElif) takeElif(state, directive, chooseBranch);
    else takeIf(state, directive, chooseBranch);
  } else return false;
  return true;
};

/** A condition without meaning takes no branch at all, so that one mistake makes one message. */
const branchFor = (state: Preprocessor, directive: Percent, name: string, line: RawLine): Branch => {
  const found = conditionNamed(name);
  if (!found) {
    state.reporter.error(directive.origin, `there is no directive '${directive.text.slice(0, 40)}'`);
    return 'done';
  }
  const holds = found.condition(state, substitute(state, line).slice(1), directive);
  return holds === undefined ? 'done' : holds === found.negated ? 'off' : 'on';
};

const conditionNamed = (name: string): { readonly condition: Condition; readonly negated: boolean } | undefined => {
  const plain = Object.hasOwn(CONDITIONS, name) ? CONDITIONS[name] : undefined;
  if (plain) return { condition: plain, negated: false };
  const negated = name[0] === 'n' && Object.hasOwn(CONDITIONS, name.slice(1)) ? CONDITIONS[name.slice(1)] : undefined;
  return negated && { condition: negated, negated: true };
};

type Branch = Conditional['state'];

const takeIf = (state: Preprocessor, directive: Percent, chooseBranch: () => Branch): void => {
  const branch = isReading(state) ? chooseBranch() : 'done';
  state.input.file?.conditionals.push({ state: branch, hasElse: false, origin: state.originOf(directive) });
};

/** The innermost open conditional; undefined after a report. As with NASM, a branch behind `%else` is only passed over. */
const openConditional = (state: Preprocessor, { origin, text, lower }: Percent) => {
  const conditional = state.input.file?.conditionals.at(-1);
  if (!conditional) state.reporter.error(origin, `'${text}' has no '%if'`);
  else if (conditional.hasElse && lower !== 'endif') {
    state.reporter.warning(origin, `'${text}' after '%else': its lines are not read`);
    conditional.state = 'done';
  } else return conditional;
  return undefined;
};

const takeElif = (state: Preprocessor, directive: Percent, chooseBranch: () => Branch): void => {
  const conditional = openConditional(state, directive);
  if (!conditional) return;
  if (conditional.state === 'on') conditional.state = 'done';
  else if (conditional.state === 'off') conditional.state = chooseBranch();
};

const takeElse = (state: Preprocessor, directive: Percent): void => {
  const conditional = openConditional(state, directive);
  if (!conditional) return;
  conditional.state = conditional.state === 'off' ? 'on' : 'done';
  conditional.hasElse = true;
};

const takeEndif = (state: Preprocessor, directive: Percent): void => {
  if (openConditional(state, directive)) state.input.file?.conditionals.pop();
};

/** All names in a row; undefined after a report. */
const namesIn = (state: Preprocessor, pieces: readonly Piece[], directive: Percent): readonly Piece[] | undefined => {
  const wrong = pieces.find((piece) => !isWord(piece) && !(piece.kind === 'percent' && piece.value === 'context'));
  if (pieces.length > 0 && !wrong) return pieces;
  state.reporter.error(wrong?.origin ?? directive.origin, `'${directive.text}' expects names`);
  return undefined;
};

/** Whether the first piece of the expanded text is as asked. */
const firstIs =
  (test: (first: Piece, second: Piece | undefined) => boolean): Condition =>
  (state, pieces) => {
    const [first, second] = state.expandSingle(pieces);
    return first !== undefined && test(first, second);
  };

const isSign = (piece: Piece): boolean => isPunctuation(piece, '-') || isPunctuation(piece, '+');

/** Whether two texts with a comma between are the same but for blanks and the kind of quotes. */
const identical =
  (spell: (text: string) => string): Condition =>
  (state, pieces, directive) => {
    const row = state.expandSingle(pieces);
    const comma = row.findIndex((piece) => isPunctuation(piece, ','));
    if (comma < 0) {
      state.reporter.error(directive.origin, `'${directive.text}' expects two texts with a comma between`);
      return undefined;
    }
    // In NASM a blank in front of the comma belongs to the first text, and nothing equals it.
    if (row[comma].spaceBefore) return false;
    const texts = [row.slice(0, comma), row.slice(comma + 1)].map((side) =>
      side.map((piece) => (piece.kind === 'string' ? `"${spell(textOf(piece))}` : spell(spellPieces([piece])))),
    );
    return texts[0].length === texts[1].length && texts[0].every((text, index) => text === texts[1][index]);
  };

const CONDITIONS: Readonly<Record<string, Condition>> = {
  '': (state, pieces, { text }) => {
    const value = state.constant(pieces, text);
    return value === undefined ? undefined : value !== 0n;
  },
  def: (state, pieces, directive) => namesIn(state, pieces, directive)?.some((name) => state.definitionsOf(name) !== undefined),
  macro: (state, pieces, directive) => {
    const [name, ...rest] = pieces;
    const end = rest.findIndex((piece, index) => index > 0 && piece.spaceBefore);
    if (end >= 0) state.reporter.warning(rest[end], `text after '${directive.text}' is ignored`);
    const arity = rest.length > 0 ? parseArity(spellPieces(end < 0 ? rest : rest.slice(0, end))) : undefined;
    if (isWord(name) && (rest.length === 0 || arity)) return state.macros.has(name.text, arity);
    state.reporter.error(directive.origin, `'${directive.text}' expects the name of a macro and perhaps a number of arguments`);
    return undefined;
  },
  ctx: (state, pieces, directive) => {
    const names = state.expandSingle(pieces);
    return names.length > 0 ? namesIn(state, names, directive)?.some((name) => name.text === state.contexts.at(-1)?.name) : false;
  },
  idn: identical((text) => text),
  idni: identical((text) => text.toLowerCase()),
  id: firstIs((first) => first.kind === 'word' || (first.kind === 'percent' && first.value === 'context')),
  num: firstIs((first, second) => first.kind === 'number' || (isSign(first) && second?.kind === 'number')),
  str: firstIs((first) => first.kind === 'string'),
  token: (state, pieces) => state.expandSingle(pieces).length === 1,
  empty: (state, pieces) => state.expandSingle(pieces).length === 0,
  env: (state, pieces, directive) => {
    const names = pieces.map((piece) => {
      if (piece.kind === 'percent' && piece.value === 'environment') return variableName(piece.text);
      return piece.kind === 'string' ? textOf(piece) : isWord(piece) ? piece.text : undefined;
    });
    if (names.length > 0 && !names.includes(undefined)) return names.some((name) => state.files.environment(name as string) !== undefined);
    state.reporter.error(directive.origin, `'${directive.text}' expects names of variables of the environment`);
    return undefined;
  },
  defalias: (state, pieces, directive) => namesIn(state, pieces, directive)?.some((name) => isWord(name) && state.defines.isAlias(name.text)),
  usable: (state, pieces, directive) => packageIn(state, pieces, directive) !== undefined,
  using: (state, pieces, directive) => {
    const found = packageIn(state, pieces, directive);
    return found !== undefined && state.usedPackages.has(found);
  },
};
