// The form: what can be chosen, its source, and the address that says the same. A source that was changed runs in place of the one that
// came with the page.

import { applyConditions, caseIn, didYouMean, outlineOf } from '../index.ts';
import { type Choice, DEFAULT_FIELDS, readChoice, SOURCE, toAddress } from './choice.ts';
import { byId } from './dom.ts';
import { Drafts } from './drafts.ts';
import type { Order } from './protocol.ts';
import type { Sources } from './sources.ts';
import type { Target } from './targets.ts';

/** An order, but for what was assembled before. */
export type Wanted = Omit<Order, 'image'> & { readonly isScenario: boolean };

/** What the first group of the list has: the two that everybody asks about. */
const FIRST = ['hard-cli', 'soft-spin'];

export class Form {
  readonly #form = byId<HTMLFormElement>('form');
  readonly #source = byId<HTMLTextAreaElement>('source');
  readonly #sources: Sources;
  readonly #targets: readonly Target[];
  readonly #drafts = new Drafts();
  readonly #onProblems: (problems: readonly string[]) => void;

  constructor(sources: Sources, targets: readonly Target[], onProblems: (problems: readonly string[]) => void) {
    this.#sources = sources;
    this.#targets = targets;
    this.#onProblems = onProblems;
    const groups = [
      ['The two lockups', targets.filter(({ name }) => FIRST.includes(name))],
      ['Other scenarios', targets.filter(({ name, kind }) => kind === 'scenario' && !FIRST.includes(name))],
      ['Without a kernel', targets.filter(({ kind }) => kind === 'program')],
    ] as const;
    for (const [label, members] of groups) this.#list.append(groupOf(label, members));
    this.#form.addEventListener('input', ({ target }) => {
      if (target === this.#source) this.#edited();
      else this.#changed();
    });
    byId('restore').addEventListener('click', () => {
      this.#drafts.set(this.#target.path, undefined);
      this.#showAddress();
      this.#showTarget();
    });
    addEventListener('hashchange', () => this.readAddress());
  }

  get #list(): HTMLSelectElement {
    return this.#form.elements.namedItem('run') as HTMLSelectElement;
  }

  get #target(): Target {
    return this.#targets.find(({ name }) => name === this.#list.value) ?? this.#targets[0];
  }

  get #fields(): URLSearchParams {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(this.#form)) fields.append(name, `${value}`);
    return fields;
  }

  set disabled(disabled: boolean) {
    byId<HTMLFieldSetElement>('settings').disabled = disabled;
  }

  /** What is to be run; undefined after it was told what is wrong. */
  read(): Wanted | undefined {
    const { choice, problems } = readChoice(this.#fields);
    this.#onProblems(problems);
    if (problems.length > 0) return undefined;
    const { path, kind } = this.#target;
    const text = this.#drafts.get(path);
    return { choice, sources: this.#sources, draft: text === undefined ? undefined : { path, text }, isScenario: kind === 'scenario' };
  }

  /** Puts the form as the address says. What cannot be is told, and has its default instead. */
  readAddress(): void {
    const address = new URLSearchParams(location.hash.slice(1));
    const { choice, problems } = readChoice(address);
    const isKnown = this.#targets.some(({ name }) => name === choice.run);
    for (const [name, value] of Object.entries(DEFAULT_FIELDS)) {
      const wanted = name === 'run' && !isKnown ? value : (address.get(name) ?? value);
      (this.#form.elements.namedItem(name) as HTMLInputElement | RadioNodeList).value = wanted;
    }
    if (isKnown && choice.source !== undefined) this.#drafts.set(this.#target.path, choice.source);
    byId<HTMLDetailsElement>('conditions').open ||= [...address.keys()].some((name) => !['run', 'engine', SOURCE].includes(name));
    this.#showTarget();
    this.#onProblems(isKnown ? problems : [...problems, this.#unknown(choice.run)]);
  }

  #unknown(name: string): string {
    return `run: there is no '${name}' here${didYouMean(name, this.#targets.map((target) => target.name))}`;
  }

  #changed(): void {
    this.#showAddress();
    this.#onProblems(readChoice(this.#fields).problems);
    this.#showTarget();
  }

  #edited(): void {
    const { path } = this.#target;
    this.#drafts.set(path, this.#source.value === this.#sources[path] ? undefined : this.#source.value);
    this.#showAddress();
    this.#showDraft();
  }

  #showAddress(): void {
    const fields = this.#fields;
    const source = this.#drafts.inAddress(this.#target.path);
    if (source !== undefined) fields.set(SOURCE, source);
    try {
      history.replaceState(null, '', toAddress(fields));
    } catch {
      // A page without an address of its own, or more changes than the browser allows.
    }
  }

  #showTarget(): void {
    const target = this.#target;
    const { path } = target;
    byId('scenario-settings').hidden = target.kind !== 'scenario';
    byId('program-settings').hidden = target.kind !== 'program';
    byId('source-path').textContent = path;
    const text = this.#drafts.get(path) ?? this.#sources[path];
    if (this.#source.value !== text) this.#source.value = text;
    this.#showDraft();
  }

  #showDraft(): void {
    const isEdited = this.#drafts.get(this.#target.path) !== undefined;
    byId('about').textContent = isEdited ? 'With a source of your own.' : aboutOf(this.#target, readChoice(this.#fields).choice);
    byId('restore').hidden = !isEdited;
  }
}

const groupOf = (label: string, targets: readonly Target[]): HTMLOptGroupElement => {
  const group = document.createElement('optgroup');
  group.label = label;
  for (const { name, title } of targets) group.append(new Option(`${name} – ${title}`, name));
  return group;
};

/** What is seen of a target before it runs: the situation, and what is expected under the conditions chosen. */
const aboutOf = (target: Target, { conditions }: Choice): string => {
  if (target.kind === 'program') return 'It prints B when it begins, P when all its results are right, and leaves.';
  const { scenario } = target;
  const { expectation, untilSeconds } = caseIn(scenario, applyConditions(scenario.setting, conditions), conditions);
  const mirrors = scenario.mirrors ? `. As in Linux: ${scenario.mirrors}` : '';
  return `Expected within ${untilSeconds} s: ${outlineOf(expectation)}${mirrors}`;
};
