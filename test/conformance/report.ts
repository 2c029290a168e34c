// `npm run conformance [-- --json]`: a table of behaviours, their checks and what came out of them on each engine. Exit code 1
// when a check has failed or is missing.

import type { Engine } from './engines.ts';
import { NUMBERS } from './numbers.ts';
import { sumOf, survey } from './survey.ts';

const { engines, findings, complaints } = survey();
const failures = findings.filter(({ passed }) => !passed);

if (process.argv.includes('--json')) {
  const numbers = NUMBERS.map((number) => ({
    number,
    engines: Object.fromEntries(engines.map((engine) => [engine, sumOf(findings, engine, number)])),
    checks: findings
      .filter((finding) => finding.number === number && finding.engine === engines[0])
      .map(({ where, what }) => ({ where, what })),
  }));
  const totals = Object.fromEntries(engines.map((engine) => [engine, sumOf(findings, engine)]));
  console.log(JSON.stringify({ engines, totals, numbers, failures, complaints }, null, 2));
} else {
  const row = (name: string, checks: number | string, cells: readonly string[]): string =>
    [name.padEnd(8), String(checks).padStart(7), ...cells.map((cell) => cell.padStart(12))].join('');
  const cell = (number?: string) => (engine: Engine) => {
    const { passed, failed } = sumOf(findings, engine, number);
    return failed > 0 ? `${failed} FAILED` : `${passed} passed`;
  };
  const checksOf = (number?: string): number => {
    const { passed, failed } = sumOf(findings, engines[0], number);
    return passed + failed;
  };
  console.log(row('number', 'checks', engines));
  for (const number of NUMBERS) console.log(row(number, checksOf(number), engines.map(cell(number))));
  console.log(row('all', checksOf(), engines.map(cell())));
  for (const { engine, where, number, what, detail } of failures) {
    console.log(`FAILED ${engine}: ${where}: ${number} ${what}: ${detail}`);
  }
  for (const complaint of complaints) console.log(complaint);
}
process.exitCode = failures.length + complaints.length > 0 ? 1 : 0;
