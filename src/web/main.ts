// The page: a form, a run at a time, and the views of it. One button runs and stops, so that the focus can stay on it.

import { ConsoleView } from './console-view.ts';
import { byId, element } from './dom.ts';
import { Form, type Wanted } from './form.ts';
import { LiveRun } from './live-run.ts';
import { ResultView } from './result-view.ts';
import type { Sources } from './sources.ts';
import { targetsOf } from './targets.ts';
import { TimelineView } from './timeline-view.ts';

const sources: Sources = JSON.parse(byId('sources').textContent!);
const targets = targetsOf(sources).filter((target) => typeof target !== 'string');
const workerUrl = URL.createObjectURL(new Blob([byId('worker').textContent!], { type: 'text/javascript' }));

const button = byId<HTMLButtonElement>('go');
const views = { screen: new ConsoleView(byId('console')), results: new ResultView(), strips: new TimelineView() };

let run: LiveRun | undefined;

/** What was assembled in this page, the last used last: assembling takes longer than most runs. Each is about half a megabyte. */
const images = new Map<string, Uint8Array>();
const MOST_IMAGES = 8;

/** All that an image depends on besides the sources that came with the page. */
const imageKey = ({ choice, draft, isScenario }: Wanted): string => JSON.stringify([isScenario || [choice.run, choice.scale], draft]);

const keepImage = (key: string, image: Uint8Array): void => {
  images.delete(key);
  images.set(key, image);
  const [oldest] = images.keys();
  if (images.size > MOST_IMAGES) images.delete(oldest);
};

const say = (text: string): void => {
  byId('status').textContent = text;
};

const complain = (problems: readonly string[]): void => {
  const box = byId('problems');
  box.hidden = problems.length === 0;
  box.replaceChildren(...problems.map((problem) => element('pre', '', problem)));
};

const start = (): void => {
  const order = form.read();
  if (!order) return;
  button.textContent = 'Stop';
  button.focus(); // before the field that has it is disabled
  form.disabled = true;
  const key = imageKey(order);
  run = new LiveRun(workerUrl, { ...order, image: images.get(key) }, {
    views,
    onImage: (image) => keepImage(key, image),
    isScenario: order.isScenario,
    say,
    onEnd: (problems) => {
      run = undefined;
      form.disabled = false;
      button.textContent = 'Run';
      complain(problems);
    },
  });
};

const form = new Form(sources, targets, complain);
form.readAddress();
// Not by submitting the form, which a frame's sandbox may forbid.
button.addEventListener('click', () => {
  if (run) run.stop();
  else start();
});
byId('form').addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
  event.preventDefault();
  if (!run) start();
});
addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') run?.stop();
});
