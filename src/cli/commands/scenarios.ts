// `clispin scenarios`: what can be run by name, one line each; with --errata what is said wrongly of lockups, and the run that shows it.

import {
  casesOf, cellName, ERRATA, formatExpectation, NOT_SHOWN, outlineOf, quote, repeatWords, wrap,
} from '../../index.ts';
import { EXIT } from '../exit-code.ts';
import type { Command } from '../options.ts';
import { paint, sayJson, sayLine } from '../terminal.ts';
import { allScenarios } from '../scenario-files.ts';

export const scenarios: Command = {
  name: 'scenarios',
  operands: '',
  summary: 'Lists the scenarios: name, in how many configurations they are judged, what is expected of the default; what happens.',
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
      sayJson('scenarios', { scenarios: rows });
      return EXIT.OK;
    }
    const width = Math.max(...all.map(({ scenario: { name } }) => name.length));
    for (const { scenario: { name, title }, cases } of all) {
      sayLine(`${paint('bold', name.padEnd(width))}  ${`${cases.length}`.padStart(2)}  ${outlineOf(cases[0].expectation)}`);
      sayLine(wrap(`    ${title}`, { indent: '    ' }).join('\n'));
    }
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
      return one ? [repeatWords(one, 0).map(quote)] : [];
    }),
  }));
  if (json) {
    sayJson('errata', { errata: rows.map((row) => ({ ...row, commands: row.commands.map((words) => words.join(' ')) })) });
    return EXIT.OK;
  }
  const lines = rows.flatMap(({ number, claim, truth, commands }) => [
    ...wrap(`${number}. ${claim}`, { indent: '    ' }).map((line) => paint('bold', line)),
    ...wrap(`    ${truth}`, { indent: '    ' }),
    ...commands.flatMap((words) => wrap(['   ', ...words], { indent: '      ', end: ' \\' })).map((line) => paint('grey', line)),
    '',
  ]);
  const others = wrap(`Not shown, since no run can (names of files and functions, configuration, old releases): ${NOT_SHOWN.join(', ')}.`);
  sayLine([...lines, ...others].join('\n'));
  return EXIT.OK;
};
