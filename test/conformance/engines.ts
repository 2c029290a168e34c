// Every engine that executes guest code: a program and its expectations are the same for all.

import { DEFAULT_CONFIG, type MachineConfig } from '../../src/index.ts';

export const ENGINES: readonly string[] = 'engine' in DEFAULT_CONFIG ? ['interpret', 'translate'] : ['interpret'];

/** The part of a configuration that chooses an engine. */
export const withEngine = (engine: string): Partial<MachineConfig> => (ENGINES.length > 1 ? ({ engine } as Partial<MachineConfig>) : {});
