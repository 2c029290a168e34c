// Hosts that have no WebAssembly, or let no code be made: the interpreter runs, and nobody can tell by the result.

import { spawnSync } from 'node:child_process';
import { afterEach, expect, test, vi } from 'vitest';
import { canTranslate } from '../../src/index.ts';
import { boot } from '../machine/boot.ts';

const run = (node: readonly string[], ...words: readonly string[]) =>
  spawnSync(process.execPath, [...node, 'dist/cli.js', 'run', 'hard-cli', '--set', 'watchdog_thresh=2', ...words], { encoding: 'utf8' });
const stateOf = (text: string): string | undefined => /state hash ([\da-f]{16})/.exec(text)?.[1];

test('node --jitless: the same verdict and the same state; only who asks for the translator is told that there is none', () => {
  const usual = run([]);
  const jitless = run(['--jitless']);
  expect(jitless.status).toBe(usual.status);
  expect(stateOf(jitless.stdout)).toBe(stateOf(usual.stdout));
  expect(stateOf(jitless.stdout)).toBeDefined();
  expect(jitless.stderr).not.toContain('clispin');
  expect(run(['--jitless'], '--engine', 'translate').stderr).toContain(
    'clispin run: --engine translate: this host has no WebAssembly; the interpreter runs, with the same result\n');
});

const LOOP = `
start:  mov     ecx, 100000
.next:  add     rax, rcx
        xor     rbx, rax
        dec     ecx
        jnz     .next
        mov     [0x200000], rbx
        exit    0`;

/** The state when it has ended. */
const stateAfterLoop = (): string => {
  const machine = boot(LOOP, { engine: 'translate' });
  expect(machine.run(10_000_000)).toEqual({ kind: 'exit', code: 1 });
  return machine.stateHash();
};

afterEach(() => vi.unstubAllGlobals());

test.each([
  ['no WebAssembly at all', undefined],
  ['one that lets no code be made', { ...Object.fromEntries(['Memory', 'Instance'].map((name) => [name, class {}])), Module: class { constructor() { throw new Error('policy'); } } }],
])('%s: a machine runs as with it', (_name, host) => {
  const expected = stateAfterLoop();
  vi.stubGlobal('WebAssembly', host);
  expect(canTranslate()).toBe(false);
  expect(stateAfterLoop()).toBe(expected);
});
