// The page: a form, a run at a time, and the views of it. One button runs and stops, so that the focus can stay on it.

import { ConsoleView } from './console-view.ts';
import { byId, element } from './dom.ts';
import { Form } from './form.ts';
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
  run = new LiveRun(workerUrl, order, {
    views,
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
byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  if (run) run.stop();
  else start();
});
addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') run?.stop();
});
