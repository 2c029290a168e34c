// What the page and its worker say to each other. A worker gets one order, makes one run of it, and is then done with.

import type { Activity } from '../index.ts';
import type { Choice } from './choice.ts';
import type { Sources } from './sources.ts';

export interface Order {
  readonly sources: Sources;
  /** A source that the user has changed, in place of the one that came with the page. */
  readonly draft: { readonly path: string; readonly text: string } | undefined;
  readonly choice: Choice;
  /** What an earlier run made of the same sources. */
  readonly image: Uint8Array | undefined;
}

/** In place of an order: end the run that is under way. */
export const STOP = 'stop';

/** A moment that the picture of the run shows, on one CPU or on all. */
export interface Mark {
  readonly kind: 'onset' | 'report';
  readonly seconds: number;
  readonly cpu: number | undefined;
  readonly text: string;
}

export type News =
  | { readonly kind: 'refused'; readonly problems: readonly string[] }
  /** The image is made and the machine starts. */
  | { readonly kind: 'booting'; readonly image: Uint8Array; readonly assemblyMs: number; readonly untilSeconds: number }
  /** What came since the last news. */
  | { readonly kind: 'progress'; readonly console: string; readonly activities: readonly Activity[]; readonly runMs: number }
  | {
      readonly kind: 'ended';
      /** Undefined of a run that was stopped. */
      readonly asExpected: boolean | undefined;
      /** What was seen. */
      readonly verdict: string;
      readonly rows: readonly (readonly [label: string, text: string])[];
      readonly stateHash: string;
      readonly marks: readonly Mark[];
      /** Every CPU's state, where one may want to know it. */
      readonly cpus: string;
    };
