// An order → a worker that obeys it, and what the page shows of it until it ends.

import type { ConsoleView } from './console-view.ts';
import { type News, type Order, STOP } from './protocol.ts';
import { judgement, type ResultView } from './result-view.ts';
import { Timeline } from './timeline.ts';
import type { TimelineView } from './timeline-view.ts';

/** How long, in milliseconds, a run may take to stop by itself; then its thread is ended. */
const PATIENCE = 2000;

export interface Views {
  readonly screen: ConsoleView;
  readonly results: ResultView;
  readonly strips: TimelineView;
}

export interface RunOptions {
  readonly views: Views;
  /** A scenario has a limit, and how its CPUs spend their time is worth a picture. */
  readonly isScenario: boolean;
  /** The image is made, maybe for later runs too. */
  readonly onImage: (image: Uint8Array) => void;
  /** What is said of the run besides. */
  readonly say: (text: string) => void;
  /** The run is over; `problems` are why it could not be made. */
  readonly onEnd: (problems: readonly string[]) => void;
}

export class LiveRun {
  readonly #worker: Worker;
  readonly #options: RunOptions;
  #timeline = new Timeline(1);
  #untilSeconds = 0;
  /** Undefined where there was nothing to assemble. */
  #assemblyMs: number | undefined;
  readonly #isAssembled: boolean;
  #isOver = false;

  constructor(workerUrl: string, order: Order, options: RunOptions) {
    this.#options = options;
    const { screen, results, strips } = options.views;
    screen.clear();
    results.clear();
    strips.clear();
    results.wait();
    this.#isAssembled = order.image !== undefined;
    options.say(this.#isAssembled ? 'Booting …' : 'Assembling …');
    this.#worker = new Worker(workerUrl);
    this.#worker.onmessage = ({ data }: MessageEvent<News>) => this.#receive(data);
    this.#worker.onerror = ({ message }) => this.#end('It failed.', [`An internal fault of clispin; please report it: ${message}`]);
    this.#worker.postMessage(order);
  }

  stop(): void {
    this.#worker.postMessage(STOP);
    setTimeout(() => this.#end('Stopped: the run did not answer, so its thread was ended.', []), PATIENCE);
  }

  #receive(news: News): void {
    const { isScenario, views: { screen, results, strips } } = this.#options;
    switch (news.kind) {
      case 'refused':
        this.#end('It cannot be run.', news.problems);
        break;
      case 'booting':
        this.#untilSeconds = news.untilSeconds;
        this.#assemblyMs = this.#isAssembled ? undefined : news.assemblyMs;
        this.#options.onImage(news.image);
        this.#timeline = new Timeline(news.untilSeconds);
        this.#options.say('Running …');
        break;
      case 'progress':
        screen.add(news.console);
        for (const activity of news.activities) this.#timeline.add(activity);
        results.show(news.activities.at(-1)!, news.runMs, isScenario ? this.#untilSeconds : undefined);
        if (isScenario) strips.show(this.#timeline, this.#untilSeconds);
        break;
      case 'ended':
        this.#timeline.finish();
        if (isScenario) {
          strips.show(this.#timeline, this.#timeline.seconds);
          strips.mark(news.marks, this.#timeline.seconds);
        }
        results.end(news, this.#assemblyMs);
        this.#end(`Over: ${judgement(news.asExpected)}.`, []);
        break;
    }
  }

  #end(text: string, problems: readonly string[]): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#worker.terminate();
    if (problems.length > 0) this.#options.views.results.clear();
    else this.#options.views.results.rest();
    this.#options.say(text);
    this.#options.onEnd(problems);
  }
}
