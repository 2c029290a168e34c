// What the preprocessor wants to know about symbols: `%rep TABLE_SIZE`, `%if $ - $$ > 510`. It runs beside the first pass and gets
// that pass's answers; when the final layout shows one to be wrong, the source is expanded again with the right ones, as NASM
// does in each of its passes.

import type { SymbolExpression } from '../language/expression.ts';
import type { Scope } from '../language/evaluate.ts';
import { UNKNOWN, type Value } from '../language/value.ts';
import type { Layout } from './layout.ts';
import type { Program } from './program.ts';
import { currentValue, Mute } from './symbols.ts';
import { isSame } from '../language/value.ts';

/** A question, what was answered, and how to find the right answer in a layout. */
interface Question {
  readonly answer: Value;
  readonly check: (layout: Layout) => Value;
}

export class Questions implements Scope {
  readonly #program: Program;
  readonly #asked: Question[] = [];
  /** The right answers to the questions of the attempt before, in their order. */
  readonly #known: readonly Value[] | undefined;

  constructor(program: Program, known?: readonly Value[]) {
    this.#program = program;
    this.#known = known;
  }

  symbol(expression: SymbolExpression): Value {
    const { symbols } = this.#program;
    const fullName = symbols.fullName(expression.name);
    return this.#answer(currentValue(expression, symbols, new Mute()) ?? UNKNOWN, (layout) => layout.symbols.get(fullName)?.value ?? UNKNOWN);
  }

  here(): Value {
    this.#program.location.begin();
    const index = this.#program.statements.length;
    return this.#answer(this.#program.location.here, (layout) => layout.hereBefore(index));
  }

  sectionStart(): Value {
    return this.#program.location.start;
  }

  /** The right answers, when one that was given is wrong. */
  corrections(layout: Layout): Value[] | undefined {
    const right = this.#asked.map(({ check }) => check(layout));
    return this.#asked.every(({ answer }, index) => answer.unknown || isSame(answer, right[index])) ? undefined : right;
  }

  #answer(current: Value, check: Question['check']): Value {
    const isKnown = current.terms.some((term) => term.kind === 'register') || current.unknown;
    const answer = isKnown ? current : (this.#known?.[this.#asked.length] ?? current);
    if (!isKnown) this.#asked.push({ answer, check });
    return answer;
  }
}
