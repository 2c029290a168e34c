// How far a run is, and in the end what came of it → numbers and a verdict.

import type { Activity } from '../index.ts';
import { byId, element } from './dom.ts';
import type { News } from './protocol.ts';

type Ended = News & { readonly kind: 'ended' };

const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

const duration = (ms: number): string => (ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`);

/** Millions of instructions a second, with three digits that matter. */
const mips = (instructions: number, ms: number): string => {
  const value = instructions / 1000 / Math.max(ms, 0.001);
  return value >= 100 ? COUNT.format(value) : value.toPrecision(3);
};

/** The verdict in two or three words. */
export const judgement = (asExpected: boolean | undefined): string =>
  asExpected === undefined ? 'stopped' : asExpected ? 'as expected' : 'not as expected';

export class ResultView {
  readonly #figures = byId('figures');
  readonly #result = byId('result');
  readonly #progress = byId<HTMLProgressElement>('progress');

  clear(): void {
    this.#figures.hidden = true;
    this.#result.hidden = true;
    this.#progress.hidden = true;
    this.#progress.removeAttribute('value');
  }

  /** Something is under way whose length nobody knows. */
  wait(): void {
    this.#progress.hidden = false;
  }

  /** Nothing is under way any more. */
  rest(): void {
    this.#progress.hidden = true;
  }

  /** Without `untilSeconds` nobody knows how much is left. */
  show({ seconds, instructions, skipped }: Activity, runMs: number, untilSeconds: number | undefined): void {
    this.#figures.hidden = false;
    if (untilSeconds !== undefined) this.#progress.value = seconds / untilSeconds;
    byId('guest-time').textContent = `${seconds.toFixed(3)} s`;
    byId('instructions').textContent = COUNT.format(instructions - skipped);
    byId('skipped').textContent = COUNT.format(skipped);
    byId('mips').textContent = mips(instructions, runMs);
    byId('wall-time').textContent = duration(runMs);
  }

  end({ asExpected, verdict, rows, stateHash, cpus }: Ended, assemblyMs: number | undefined): void {
    this.#result.hidden = false;
    this.#result.className = asExpected === undefined ? 'stopped' : asExpected ? 'good' : 'bad';
    byId('verdict').textContent = `${verdict}: ${judgement(asExpected)}`;
    const told = [...rows, ['assembled', assemblyMs === undefined ? 'for an earlier run' : `in ${duration(assemblyMs)}`], ['state hash', stateHash]];
    byId('rows').replaceChildren(
      ...told.map(([label, text]) => {
        const value = element('dd', '', label === 'repeat' || label === 'state hash' ? element('code', '', text) : text);
        value.dataset.row = label;
        return element('div', '', element('dt', '', label), value);
      }),
    );
    byId('cpus').hidden = cpus === '';
    byId('cpu-states').textContent = cpus;
  }
}
