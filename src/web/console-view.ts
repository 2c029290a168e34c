// The guest's console as it comes → lines on the page, reports and the onset made visible. Follows the last line for as long as the reader
// does; of an endless guest only the last lines are kept.

import { kindOfLine } from '../index.ts';
import { element } from './dom.ts';

const MOST_LINES = 5000;
/** A line with its end, or as much of one as is shown in one piece: at most 4096 characters. */
const PIECE = /[^\n]{0,4095}\n|[^\n]{1,4096}/g;
const LONGEST = 4096;
const STAMP = /^\[ *\d+\.\d+\] /;

export class ConsoleView {
  readonly #screen: HTMLElement;
  /** The line that has no end yet. */
  #open: Element | undefined;
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
    const pieces = (this.#rest + text).match(PIECE)!.slice(-MOST_LINES);
    this.#open?.remove();
    this.#screen.append(...pieces.map(lineOf));
    const last = pieces.at(-1)!;
    const isOpen = !last.endsWith('\n') && last.length < LONGEST;
    this.#rest = isOpen ? last : '';
    this.#open = isOpen ? this.#screen.lastElementChild! : undefined;
    for (let spare = this.#screen.childElementCount - MOST_LINES; spare > 0; spare--) this.#screen.firstElementChild!.remove();
    if (follows) this.#screen.scrollTop = this.#screen.scrollHeight;
  }
}

const lineOf = (text: string): HTMLElement => {
  const stamp = STAMP.exec(text)?.[0] ?? '';
  const rest = text.slice(stamp.length);
  return element('span', kindOfLine(text.trimEnd()) ?? '', ...(stamp ? [element('span', 'stamp', stamp)] : []), rest);
};
