// Single-line macros: the table of their definitions, per scope (the whole source, or one context of `%push`).
// A name may have several definitions with different numbers of parameters. NASM manual 4.1.
import type { Piece } from '../language/lex.ts';
import type { Origin } from '../language/tokens.ts';

/** How an argument enters the body: as it is, as its value (`=x`), as a string (`&x`), or with its braces kept (`!x`). */
export type ParameterStyle = 'plain' | 'value' | 'string' | 'raw';

export interface Parameter {
  readonly name: string;
  readonly style: ParameterStyle;
  /** `x+`, only at the end: takes the commas of all that follows. */
  readonly greedy: boolean;
}

export interface SingleMacro {
  readonly name: string;
  readonly caseless: boolean;
  /** Undefined when it is used without brackets. */
  readonly parameters: readonly Parameter[] | undefined;
  /** A function for macros whose text depends on where they are used, such as `__LINE__`. */
  readonly body: readonly Piece[] | ((use: Origin) => readonly Piece[]);
  /** While its own text is scanned, it is not expanded again. */
  isActive: boolean;
  /** Less than that of all that were defined before it. */
  readonly age?: number;
}

export class Defines {
  readonly #exact = new Map<string, SingleMacro[]>();
  readonly #caseless = new Map<string, SingleMacro[]>();
  /** Names that stand for others (`%defalias`), by themselves or, ignoring case, in lower case. */
  readonly #aliases = new Map<string, { readonly target: string; readonly caseless: boolean }>();
  #youngest = 0;
  /** Whether aliases are followed (`%aliases`). */
  followsAliases = true;
  /** How often a name got its first definition, or lost all of them. */
  changes = 0;

  /** All definitions of a name; of those that differ in case-sensitivity the newest first. */
  find(name: string): readonly SingleMacro[] | undefined {
    const meant = this.#aliases.size > 0 ? this.#behind(name) : name;
    const exact = this.#exact.get(meant);
    const caseless = this.#caseless.size > 0 ? this.#caseless.get(meant.toLowerCase()) : undefined;
    if (!exact || !caseless) return exact ?? caseless;
    return (exact[0].age ?? 0) < (caseless[0].age ?? 0) ? [...exact, ...caseless] : [...caseless, ...exact];
  }

  /** The name that an alias leads to; one that leads to itself stays. */
  #behind(name: string): string {
    let meant = name;
    for (let steps = this.followsAliases ? this.#aliases.size : 0; steps > 0; steps--) meant = this.#aliasOf(meant)?.target ?? meant;
    return meant;
  }

  #aliasOf(name: string) {
    const lower = name.toLowerCase();
    const caseless = this.#aliases.get(lower);
    return this.#aliases.get(name) ?? (caseless?.caseless ? caseless : undefined);
  }

  isAlias(name: string): boolean {
    return this.#aliasOf(name) !== undefined;
  }

  alias(name: string, target: string, caseless: boolean): void {
    this.changes++;
    this.#forget(name);
    this.#aliases.set(caseless ? name.toLowerCase() : name, { target, caseless });
  }

  /** Of a name that is no alias, as with NASM, its definitions go. */
  unalias(name: string): void {
    this.changes++;
    if (!this.isAlias(name)) this.#forget(name);
    this.#aliases.delete(name);
    if (this.#aliases.get(name.toLowerCase())?.caseless) this.#aliases.delete(name.toLowerCase());
  }

  /** Replaces the definition with the same parameters; false if the name has one of the other kind (with/without brackets). */
  define({ name, caseless, parameters, body }: SingleMacro): boolean {
    const meant = this.#aliases.size > 0 ? this.#behind(name) : name;
    const macro: SingleMacro = { name: meant, caseless, parameters, body, isActive: false, age: this.#youngest-- };
    if (!this.followsAliases && this.isAlias(macro.name)) this.unalias(macro.name);
    const table = macro.caseless ? this.#caseless : this.#exact;
    const key = macro.caseless ? macro.name.toLowerCase() : macro.name;
    const others = (table.get(key) ?? []).filter((other) => other.parameters?.length !== macro.parameters?.length);
    if (others.some((other) => (other.parameters === undefined) !== (macro.parameters === undefined))) return false;
    if (!table.has(key)) this.changes++;
    table.set(key, [macro, ...others]);
    return true;
  }

  undefine(name: string): void {
    this.changes++;
    this.#forget(this.#behind(name));
  }

  #forget(name: string): void {
    this.#exact.delete(name);
    this.#caseless.delete(name.toLowerCase());
  }

  clear(): void {
    this.changes++;
    this.#exact.clear();
    this.#caseless.clear();
    this.#aliases.clear();
  }
}
