// The form: what can be chosen, its source, and the address that says the same. A source that was changed is kept for as long as the page
// is open, and runs in place of the one that came with it.

import { applyConditions, caseIn, nearestName, outlineOf } from '../index.ts';
import { type Choice, DEFAULT_FIELDS, readChoice, toAddress } from './choice.ts';
import { byId } from './dom.ts';
import type { Order } from './protocol.ts';
import type { Sources } from './sources.ts';
import type { Target } from './targets.ts';

/** What the first group of the list has: the two that everybody asks about. */
const FIRST = ['hard-cli', 'soft-spin'];

export class Form {
  readonly #form = byId<HTMLFormElement>('form');
  readonly #source = byId<HTMLTextAreaElement>('source');
  readonly #sources: Sources;
  readonly #targets: readonly Target[];
  /** Path → text that the user has changed. */
  readonly #drafts = new Map<string, string>();
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
      this.#drafts.delete(this.#target.path);
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
  read(): (Order & { readonly isScenario: boolean }) | undefined {
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
    byId<HTMLDetailsElement>('conditions').open ||= [...address.keys()].some((name) => name !== 'run' && name !== 'engine');
    this.#showTarget();
    this.#onProblems(isKnown ? problems : [...problems, this.#unknown(choice.run)]);
  }

  #unknown(name: string): string {
    const near = nearestName(name, this.#targets.map((target) => target.name));
    return `run: there is no '${name}' here${near ? `; did you mean '${near}'?` : ''}`;
  }

  #changed(): void {
    history.replaceState(null, '', toAddress(this.#fields));
    this.#onProblems(readChoice(this.#fields).problems);
    this.#showTarget();
  }

  #edited(): void {
    const { path } = this.#target;
    if (this.#source.value === this.#sources[path]) this.#drafts.delete(path);
    else this.#drafts.set(path, this.#source.value);
    this.#showDraft();
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
    const isEdited = this.#drafts.has(this.#target.path);
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
