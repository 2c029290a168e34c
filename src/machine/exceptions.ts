// Exceptions as they are delivered → what a report needs of them: how many of each, and the last few with their places. A kernel that
// faults in its fault handler has usually said all there is to know by then.

import { hex } from '../base/bits.ts';
import type { Cpu } from '../cpu/cpu.ts';
import { PF } from '../cpu/events/fault.ts';
import type { SymbolTable } from '../formats/symbols.ts';

/** By vector (SDM vol. 3, table 6-1). */
const NAMES = ['DE', 'DB', 'NMI', 'BP', 'OF', 'BR', 'UD', 'NM', 'DF', '', 'TS', 'NP', 'SS', 'GP', 'PF', '', 'MF', 'AC', 'MC', 'XM'];

const KEPT = 4;

interface Exception {
  readonly time: number;
  readonly vector: number;
  readonly error: number | undefined;
  readonly rip: bigint;
  /** Linear address of a page fault. */
  readonly address: bigint;
}

export class ExceptionLog {
  #count = 0;
  /** The oldest first. */
  readonly #last: Exception[] = [];

  add(cpu: Cpu, { vector, error, address }: Pick<Exception, 'vector' | 'error' | 'address'>): void {
    this.#count++;
    if (this.#last.length === KEPT) this.#last.shift();
    this.#last.push({ time: cpu.time, vector, error, rip: cpu.rip, address });
  }

  /** A line for each of the last ones; none if there were none. */
  describe(symbols: SymbolTable): string[] {
    if (this.#count === 0) return [];
    return [`exceptions ${this.#count}, of which the last:`, ...this.#last.map((one) => `  t=${one.time} ${describe(one, symbols)}`)];
  }

  /** The last one, without its time. */
  last(symbols: SymbolTable): string | undefined {
    const one = this.#last.at(-1);
    return one && describe(one, symbols);
  }
}

const describe = ({ vector, error, rip, address }: Exception, symbols: SymbolTable): string => {
  const code = error === undefined ? '' : `(${hex(error, 4)})`;
  const name = symbols.nameOf(rip);
  const target = vector === PF ? `, address ${hex(address, 16)}` : '';
  return `#${NAMES[vector] ?? vector}${code} at ${hex(rip, 16)}${name === undefined ? '' : ` ${name}`}${target}`;
};
