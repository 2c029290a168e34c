// `clispin cpu`: the lists of the machine as a user sees them.

import { describe, expect, test } from 'vitest';
import { DIFFERENCES } from '../../src/machine/differences.ts';
import { clispin } from '../support/cli.ts';

describe('clispin cpu', () => {
  test('alone: instructions, MSRs, CPUID leaves and devices', () => {
    const { code, stdout } = clispin(['cpu']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Instructions: \d+ mnemonics in \d+ forms$/m);
    expect(stdout).toMatch(/^ {2}c0000080 {2}rw {2}IA32_EFER$/m);
    expect(stdout).toMatch(/^ {2}0000000a\.0 {2}[0-9a-f]{8}/m);
    expect(stdout).toMatch(/^ {2}uart +ports 03f8-03ff$/m);
  });

  test('--differences: every line of the list, and nothing else but headings', () => {
    const { code, stdout } = clispin(['cpu', '--differences']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().replaceAll('\n    ', ' ').split('\n');
    expect(lines.filter((line) => line.startsWith('  - ')).map((line) => line.slice(4))).toEqual(Object.values(DIFFERENCES).flat());
    expect(lines.filter((line) => !line.startsWith('  - '))).toEqual(Object.keys(DIFFERENCES));
  });

  test('one section, and JSON', () => {
    expect(clispin(['cpu', '--msrs']).stdout).not.toMatch(/Instructions/);
    const all = JSON.parse(clispin(['cpu', '--json']).stdout);
    expect(Object.keys(all)).toEqual(['schema', 'instructions', 'msrs', 'cpuid', 'devices', 'differences']);
  });

  test('an operand is a usage error', () => {
    const { code, stderr } = clispin(['cpu', 'x']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/'x' is not wanted here/);
  });
});
