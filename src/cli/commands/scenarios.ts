// `clispin scenarios`: what can be run by name, one line each; with --errata what is said wrongly of lockups, and the run that shows it.

import {
  casesOf, cellName, ERRATA, formatExpectation, NOT_SHOWN, outlineOf, quote, repeatWords, jsonText,
} from '../../index.ts';
import { EXIT } from '../exit-code.ts';
import type { Command } from '../options.ts';
import { paint, sayLine } from '../terminal.ts';
import { allScenarios } from '../scenario-files.ts';

export const scenarios: Command = {
  name: 'scenarios',
  operands: '',
  summary: 'Lists the scenarios: name, what is expected, in how many configurations they are judged, what happens.',
  options: [
    { name: 'errata', help: 'list claims that are not so: claim, truth, and the command that shows it' },
    { name: 'json', help: 'print the list as JSON' },
  ],
  run: (args) => {
    if (args.operands.length > 0) throw args.misuse(`'${args.operands[0]}' is not wanted here`);
    if (args.flag('errata')) return listErrata(args.flag('json'));
    const all = allScenarios().map((scenario) => ({ scenario, cases: casesOf(scenario) }));
    if (args.flag('json')) {
      const rows = all.map(({ scenario: { name, title, mirrors }, cases: [normal, ...others] }) => ({
        name,
        title,
        mirrors,
        expectation: formatExpectation(normal.expectation),
        configurations: others.map(({ configuration, expectation }) => ({ configuration, expectation: formatExpectation(expectation) })),
      }));
      sayLine(jsonText(rows));
      return EXIT.OK;
    }
    const rows = all.map(({ scenario: { name, title }, cases }) => [name, outlineOf(cases[0].expectation), `${cases.length}`, title]);
    const width = (column: number): number => Math.max(...rows.map((row) => row[column].length));
    for (const [name, expected, cells, title] of rows)
      sayLine(`${paint('bold', name.padEnd(width(0)))}  ${expected.padEnd(width(1))}  ${cells.padStart(width(2))}  ${title}`);
    return EXIT.OK;
  },
};

const listErrata = (json: boolean): number => {
  const cases = new Map(allScenarios().flatMap(casesOf).map((one) => [cellName(one), one]));
  const rows = ERRATA.map(({ number, claim, truth, cells }) => ({
    number,
    claim,
    truth,
    commands: cells.flatMap((cell) => {
      const one = cases.get(cell);
      return one ? repeatWords(one, 0).map(quote).join(' ') : [];
    }),
  }));
  const lines = rows.flatMap(({ number, claim, truth, commands }) => [
    `${paint('bold', `${number}.`)} ${claim}`,
    `    ${truth}`,
    ...commands.map((command) => paint('grey', `    ${command}`)),
    '',
  ]).concat(`Not shown, since no run can (names of files and functions, configuration, old releases): ${NOT_SHOWN.join(', ')}.`);
  sayLine(json ? jsonText(rows) : lines.join('\n'));
  return EXIT.OK;
};
