// Every engine that executes guest code: a program and its expectations are the same for all.

export { ENGINES, type Engine } from '../../src/machine/config.ts';
