// A random program while it is being written: what has been defined so far, so that most of what follows means something.

import { Random } from '../../../src/base/random.ts';

export type Bits = 16 | 32 | 64;

/** A macro that may be called: how many arguments it takes at least and at most. */
export interface Callable {
  readonly name: string;
  readonly least: number;
  readonly most: number;
}

export class Draft {
  readonly random: Random;
  bits: Bits;
  /** Names that are numbers. */
  numbers: string[] = [];
  /** Labels of the program, each of which stands somewhere in .text. */
  labels: string[] = [];
  /** Single-line macros with parameters, of numbers. */
  functions: Callable[] = [];
  macros: Callable[] = [];
  /** Single-line macros and strings that are quoted strings. */
  strings: string[] = [];
  /** How deep blocks are nested. */
  depth = 0;
  #serial = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.bits = this.pick([16, 32, 64]);
  }

  below(count: number): number {
    return this.random.below(count);
  }

  /** An integer from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }

  /** As many as said of what `make` makes. */
  some<T>(least: number, most: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.between(least, most) }, (_, index) => make(index));
  }

  /** A name that nothing has. */
  fresh(prefix: string): string {
    return `${prefix}${this.#serial++}${this.chance(10) ? this.pick(['_', '$x', '.y', '#', '@', '~', '?', '\xe9', '\xc3\xa9']) : ''}`;
  }

  /** What is made inside is not known outside: it may never be read. */
  inside<T>(make: () => T): T {
    const { numbers, functions, macros, strings } = this;
    [this.numbers, this.functions, this.macros, this.strings] = [[...numbers], [...functions], [...macros], [...strings]];
    this.depth++;
    const made = make();
    this.depth--;
    [this.numbers, this.functions, this.macros, this.strings] = [numbers, functions, macros, strings];
    return made;
  }
}
