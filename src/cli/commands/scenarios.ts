// `clispin scenarios`: what can be run by name, one line each.

import { casesOf, formatExpectation } from '../../index.ts';
import { EXIT } from '../exit-code.ts';
import type { Command } from '../options.ts';
import { paint } from '../terminal.ts';
import { allScenarios } from '../scenario-files.ts';

export const scenarios: Command = {
  name: 'scenarios',
  operands: '',
  summary: 'Lists the scenarios: name, what is expected, what happens.',
  options: [{ name: 'json', help: 'print them as JSON' }],
  run: (args) => {
    if (args.operands.length > 0) throw args.misuse(`'${args.operands[0]}' is not wanted here`);
    const all = allScenarios().map((scenario) => {
      const [normal, ...others] = casesOf(scenario);
      return { ...scenario, expectation: formatExpectation(normal.expectation), configurations: others.map((one) => one.configuration) };
    });
    if (args.flag('json')) {
      const rows = all.map(({ name, title, mirrors, expectation, configurations }) => ({ name, title, mirrors, expectation, configurations }));
      console.log(JSON.stringify(rows, null, 2));
      return EXIT.OK;
    }
    const rows = all.map(({ name, title, expectation }) => [name, expectation, title]);
    const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column].length)));
    for (const [name, expected, title] of rows)
      console.log(`${paint('bold', name.padEnd(widths[0]))}  ${expected.padEnd(widths[1])}  ${title}`);
    return EXIT.OK;
  },
};
