// Sources that the user has changed, by path: kept over a reload of the page in the storage of its tab; where a page has none, as in a frame
// whose sandbox gives it no origin, in its address.

import type { Choice } from './choice.ts';

const KEY = 'clispin-drafts';

/** The tab's storage; undefined where the browser forbids it. */
const storage = (): Storage | undefined => {
  try {
    sessionStorage.setItem(KEY, sessionStorage.getItem(KEY) ?? '{}');
    return sessionStorage;
  } catch {
    return undefined;
  }
};

export class Drafts {
  readonly #storage = storage();
  readonly #texts: Map<string, string>;

  constructor() {
    const kept: unknown = JSON.parse(this.#storage?.getItem(KEY) ?? '{}');
    const texts = Object.entries(kept as object).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    this.#texts = new Map(texts);
  }

  get(path: string): string | undefined {
    return this.#texts.get(path);
  }

  /** Undefined: the source is what came with the page. */
  set(path: string, text: string | undefined): void {
    if (text === undefined) this.#texts.delete(path);
    else this.#texts.set(path, text);
    try {
      this.#storage?.setItem(KEY, JSON.stringify(Object.fromEntries(this.#texts)));
    } catch {
      // There is no room for so much: it lasts as long as the page.
    }
  }

  /** What the address must say so that a reload finds the text of `path` again; nothing where there is storage. */
  inAddress(path: string): Choice['source'] {
    return this.#storage ? undefined : this.get(path);
  }
}
