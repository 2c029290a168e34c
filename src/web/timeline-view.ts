// A timeline and its marks → one strip for each CPU, all of them under the same moments.

import { byId, element } from './dom.ts';
import type { Mark } from './protocol.ts';
import type { Timeline } from './timeline.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** Marks that get a line of text; an endless lockup is reported again and again. */
const TOLD = 8;

export class TimelineView {
  readonly #figure = byId('timeline');
  readonly #strips = byId('strips');
  readonly #moments = byId('moments');

  clear(): void {
    this.#figure.hidden = true;
    this.#strips.replaceChildren();
    this.#moments.replaceChildren();
  }

  /** Shows the time from 0 to `endSeconds`. */
  show(timeline: Timeline, endSeconds: number): void {
    this.#figure.hidden = timeline.lanes.length === 0;
    for (const [id, lane] of timeline.lanes.entries()) {
      const strip = this.#strips.children[id] ?? this.#strips.appendChild(stripOf(id));
      const picture = strip.querySelector('svg')!;
      picture.setAttribute('viewBox', `0 0 ${Math.max(endSeconds, 0.001)} 1`);
      picture.querySelector('.open')!.setAttribute('d', lane.open);
      picture.querySelector('.deaf')!.setAttribute('d', lane.deaf);
    }
    byId('axis-end').textContent = `${endSeconds.toFixed(endSeconds < 10 ? 1 : 0)} s`;
  }

  /** Marks the moments in the strips that they concern, and tells each once. */
  mark(marks: readonly Mark[], endSeconds: number): void {
    for (const { kind, seconds, cpu, text } of marks) {
      for (const [id, strip] of [...this.#strips.children].entries()) {
        if (cpu !== undefined && cpu !== id) continue;
        const line = element('i', kind);
        line.style.left = `${(seconds / endSeconds) * 100}%`;
        line.title = `${text}, ${seconds.toFixed(3)} s`;
        strip.querySelector('.track')!.append(line);
      }
    }
    const told = marks.filter((mark, index) => marks.findIndex(({ text }) => text === mark.text) === index).slice(0, TOLD);
    this.#moments.replaceChildren(...told.map(({ kind, seconds, text }) => element('li', kind, `${seconds.toFixed(3)} s ${text}`)));
  }
}

const stripOf = (id: number): HTMLElement => {
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('preserveAspectRatio', 'none');
  picture.setAttribute('aria-hidden', 'true');
  for (const name of ['open', 'deaf']) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('class', name);
    picture.append(path);
  }
  const track = element('span', 'track');
  track.append(picture);
  return element('div', 'strip', element('span', 'name', `CPU ${id}`), track);
};
