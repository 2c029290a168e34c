// Names → values, pass by pass. A name keeps the value of the pass before until this one reaches its definition: that is what
// references from above see. The passes may end when nothing has changed.

import { didYouMean } from '../../base/nearest.ts';
import type { Expression, SymbolExpression } from '../language/expression.ts';
import { evaluate, type Scope } from '../language/evaluate.ts';
import { addressIn, isSame, NamedValue, UNKNOWN, type Value } from '../language/value.ts';
import type { Location } from './location.ts';
import type { Origin, Reporter } from '../language/tokens.ts';

/** The term that stands for where a section lies in the file, beside its name, which stands for vstart. No section has a blank in its name. */
export const startTerm = (section: string): string => `${section} start`;

/**
 * A name without a value; in the last pass that is a mistake, but the guess stays what it was. It is a term like a section's, so that the difference of two such names is zero:
 * NASM's first guess, which decides which of several consistent layouts is found.
 */
const UNRESOLVED: Value = addressIn('?', 0n);
const isUnresolved = ({ terms }: Value): boolean => {
  for (let index = 0; index < terms.length; index++) if (terms[index].name === '?') return true;
  return false;
};

/** The value of an expression in this pass; before the last one, what cannot be computed is merely unknown. Undefined after a report. */
export const currentValue = (expression: Expression, scope: Scope, reporter: Reporter): Value | undefined => {
  const value = evaluate(expression, scope, reporter);
  if (!value) return reporter instanceof Mute ? UNKNOWN : undefined;
  return isUnresolved(value) ? { ...value, terms: value.terms.filter(({ kind }) => kind === 'register'), unknown: true } : value;
};

/** Says nothing, and only counts: for all passes but the last. */
export class Mute implements Reporter {
  count = 0;

  error(): void {
    this.count++;
  }

  warning(): void {
    this.count++;
  }
}

export class Symbols implements Scope {
  readonly #symbols = new Map<string, NamedValue>();
  readonly #external = new Set<string>();
  readonly #global = new Set<string>();
  #pass = 0;
  #reporter: Reporter | undefined;
  /** How often a name that nothing has was compared with those that there are. */
  #guesses = 0;

  /** Whether this pass gave a name another value than the pass before. */
  changed = false;
  /** Those that it gave a value of another kind: an address instead of a number, or in another section. */
  readonly restless = new Set<NamedValue>();
  /** A name has two definitions, of which the first one counts: a mistake, for which no short cut is made. */
  hasConflicts = false;
  #constantsChanged = false;
  #constantsChangedBefore = false;
  /** How often a name for a number has got another value. */
  changesOfConstants = 0;
  /** An address has been asked for, or `$`, or what nobody knows: set by the questions, cleared by who wants to know. */
  saidPlace = false;
  /** The last name that did. */
  lastChanged: NamedValue | undefined;

  /** What `$` and `$$` are. */
  readonly #location: Location;
  /** Whose `.x` is meant: set for each statement. */
  parent = '';

  constructor(location: Location) {
    this.#location = location;
  }

  /** `reporter` in the last pass, when a name without a value is a mistake. */
  beginPass(reporter: Reporter | undefined): void {
    this.#pass++;
    this.#reporter = reporter;
    this.changed = false;
    this.restless.clear();
    this.#constantsChangedBefore = this.#constantsChanged;
    this.#constantsChanged = false;
  }

  get all(): ReadonlyMap<string, NamedValue> {
    return this.#symbols;
  }

  isGlobal(name: string): boolean {
    return this.#global.has(name);
  }

  markGlobal(name: string): void {
    this.#global.add(name);
  }

  markExternal(name: string): void {
    this.#external.add(name);
  }

  define(name: string, kind: NamedValue['kind'], value: Value, origin: Origin, reporter: Reporter): NamedValue {
    const known = this.#symbols.get(name);
    if (known && isSame(known.value, value)) {
      known.pass = this.#pass;
      return known;
    }
    if (known && known.pass === this.#pass) {
      const { file, line } = known.origin.place;
      this.hasConflicts = true;
      reporter.error(origin, `'${name}' is defined twice; first at ${file}:${line}`);
      return known;
    }
    const before = known?.value;
    const symbol = known ?? new NamedValue(name, kind, value, origin, this.#pass);
    if (known) known.redefine(kind, value, origin, this.#pass);
    else this.#symbols.set(name, symbol);
    this.#noteChange(symbol, before);
    return symbol;
  }

  /** A label has been given another offset in the section that it lies in. */
  noteMoved(label: NamedValue): void {
    this.changed = true;
    this.lastChanged = label;
  }

  #noteChange(symbol: NamedValue, before: Value | undefined): void {
    const { kind, value } = symbol;
    this.changed = true;
    this.lastChanged = symbol;
    this.#constantsChanged ||= value.terms.length === 0;
    if (before && !symbol.isPlaced && (before.terms.length === 0 || value.terms.length === 0)) this.changesOfConstants++;
    // Names of sections are defined before anything can ask for them.
    if (kind !== 'section' && (before?.terms.length !== value.terms.length || before.terms.some(({ name }, i) => name !== value.terms[i].name))) {
      this.restless.add(symbol);
    }
  }

  /** Whether a name for a number got another value, in this pass or behind its uses in the pass before. */
  get haveConstantsChanged(): boolean {
    return this.#constantsChanged || this.#constantsChangedBefore;
  }

  /** Defines a label where the assembler is, and gives what it is; `before`: the same from the pass before. */
  defineLabel(name: string, before: NamedValue | undefined, origin: Origin, reporter: Reporter): NamedValue {
    if (before?.kind !== 'label' || !this.#location.isAt(before)) return this.define(name, 'label', this.#location.here, origin, reporter);
    before.pass = this.#pass;
    return before;
  }

  /** The symbols that name where a section begins, in memory and in the file (NASM manual 8.1.3). */
  defineSection(name: string, origin: Origin, reporter: Reporter): void {
    this.define(`section.${name}.vstart`, 'section', addressIn(name, 0n), origin, reporter);
    this.define(`section.${name}.start`, 'section', addressIn(startTerm(name), 0n), origin, reporter);
  }

  /** A local label belongs to the label before it. */
  fullName(name: string): string {
    return name.charCodeAt(0) === DOT && name.charCodeAt(1) !== DOT ? this.parent + name : name;
  }

  /** What a name is defined as, at the present place. */
  find(expression: SymbolExpression): NamedValue | undefined {
    return (expression.named ??= this.#symbols.get(this.fullName(expression.name)));
  }

  symbol(expression: SymbolExpression): Value {
    const symbol = this.find(expression);
    if (symbol) {
      const { value } = symbol;
      if (value.terms.length > 0 || symbol.isPlaced) this.saidPlace = true;
      return value;
    }
    this.saidPlace = true;
    const { name, origin } = expression;
    const isExternal = this.#external.has(name);
    this.#reporter?.error(origin, isExternal ? `'${name}' is external, and a binary has no external references` : this.#undefined(name));
    return UNRESOLVED;
  }

  /** The message for a name that nothing has; the nearest is looked for only so often, as there may be many of both. */
  #undefined(name: string): string {
    const text = `symbol '${name}' is not defined`;
    if (this.#guesses >= MOST_GUESSES) return text;
    this.#guesses++;
    const isLocal = this.fullName(name) !== name;
    const names = [...this.#symbols.keys()].filter((known) => (isLocal ? known.startsWith(`${this.parent}.`) : !known.startsWith('..@')));
    return text + didYouMean(name, isLocal ? names.map((known) => known.slice(this.parent.length)) : names);
  }

  here(): Value {
    const { here } = this.#location;
    if (this.#location.section || here.terms.length > 0) this.saidPlace = true;
    return here;
  }

  sectionStart(): Value {
    this.saidPlace = true;
    return this.#location.start;
  }
}

const DOT = 0x2e;
const MOST_GUESSES = 20;
