// The guest's console as it comes → lines on the page, reports and the onset made visible. Follows the last line for as long as the reader
// does; of an endless guest only the last lines are kept.

import { kindOfLine } from '../index.ts';
import { element } from './dom.ts';

const MOST_LINES = 10_000;
const STAMP = /^\[ *\d+\.\d+\] /;

export class ConsoleView {
  readonly #screen: HTMLElement;
  /** The line that has no end yet. */
  #open: HTMLElement | undefined;
  #rest = '';

  constructor(screen: HTMLElement) {
    this.#screen = screen;
  }

  clear(): void {
    this.#screen.replaceChildren();
    this.#open = undefined;
    this.#rest = '';
  }

  add(text: string): void {
    if (text === '') return;
    const follows = this.#screen.scrollHeight - this.#screen.scrollTop - this.#screen.clientHeight < 8;
    const lines = (this.#rest + text).split('\n');
    this.#open?.remove();
    this.#rest = lines.pop()!;
    this.#screen.append(...lines.slice(-MOST_LINES).map((line) => lineOf(`${line}\n`)));
    this.#open = this.#rest === '' ? undefined : lineOf(this.#rest);
    if (this.#open) this.#screen.append(this.#open);
    for (let spare = this.#screen.childElementCount - MOST_LINES; spare > 0; spare--) this.#screen.firstElementChild!.remove();
    if (follows) this.#screen.scrollTop = this.#screen.scrollHeight;
  }
}

const lineOf = (text: string): HTMLElement => {
  const stamp = STAMP.exec(text)?.[0] ?? '';
  const rest = text.slice(stamp.length);
  return element('span', kindOfLine(text.trimEnd()) ?? '', ...(stamp ? [element('span', 'stamp', stamp)] : []), rest);
};
