#!/usr/bin/env node
// The command line → a command and its exit code. Mistakes of the user are one message; anything else is our own fault and says so.

import { existsSync, readFileSync } from 'node:fs';
import { didYouMean, wrap } from '../index.ts';
import { asm } from './commands/asm.ts';
import { cpu } from './commands/cpu.ts';
import { dis } from './commands/dis.ts';
import { matrix } from './commands/matrix.ts';
import { run } from './commands/run.ts';
import { scenarios } from './commands/scenarios.ts';
import { sweep } from './commands/sweep.ts';
import { tour } from './commands/tour.ts';
import { web } from './commands/web.ts';
import { CliError, EXIT } from './exit-code.ts';
import { type Command, columns, formatHelp, parseArguments } from './options.ts';
import { scenarioNames } from './scenario-files.ts';
import { complain, sayLine, surviveLostOutput } from './terminal.ts';

const COMMANDS: readonly Command[] = [run, scenarios, matrix, sweep, asm, dis, cpu, web, tour];

const overview = (): string =>
  [
    'Usage: clispin COMMAND ...',
    '',
    ...wrap('A lab for Linux lockups: boots a small kernel on emulated x86-64 CPUs, locks one up, and shows how the kernel finds out.'),
    '',
    ...COMMANDS.flatMap(({ name, summary }) => columns(name, 10, summary)),
    '',
    ...wrap("'clispin COMMAND --help' lists the options of a command, 'clispin --version' says which clispin this is. Without a command: tour."),
    ...wrap(
      'Exit codes: 0 as expected, 1 not, 2 usage, 3 source or image, 4 output, 124 limit reached without the expected end, 130 interrupted, 70 internal fault.',
    ),
    ...wrap('Without an expectation: what the guest wrote to port F4h, (v << 1) | 1; 10 triple fault, 12 reset, 14 asleep for ever.'),
  ].join('\n');

const HELP = ['--help', '-h'];
const VERSION = ['--version', '-V'];

/** Of the package that this file is shipped in. */
const version = (): string => {
  const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return `${name} ${version}`;
};

/** What is no command: a slip, or what `run` would take. */
const unknownCommand = (word: string): CliError => {
  const near = didYouMean(word, [...COMMANDS.map(({ name }) => name), 'help', ...HELP, ...VERSION]);
  const isTarget = scenarioNames().includes(word) || existsSync(word);
  const hint = isTarget ? `; did you mean 'clispin run ${word}'?` : near || "; see 'clispin --help'";
  return new CliError(`clispin: '${word}' is no ${word.startsWith('-') ? 'option' : 'command'}${hint}`, EXIT.USAGE);
};

const main = async ([first, ...rest]: readonly string[]): Promise<number> => {
  if (VERSION.includes(first)) {
    sayLine(version());
    return EXIT.OK;
  }
  if (first === 'help' && rest.length > 0) return main([rest[0], '--help']);
  if (HELP.includes(first) || first === 'help') {
    sayLine(overview());
    return EXIT.OK;
  }
  const command = first === undefined ? tour : COMMANDS.find(({ name }) => name === first);
  if (!command) throw unknownCommand(first);
  if (rest.some((word) => HELP.includes(word))) {
    sayLine(formatHelp(command));
    return EXIT.OK;
  }
  const parsed = parseArguments(command, rest);
  await tuneCompiler();
  return command.run(parsed);
};

/**
 * Most of what a short run executes, it executes a few hundred times: compiling that with all optimizations costs more than the run
 * itself. So a function must be twenty times as busy as usual. Only of V8's versions that are known to have this flag.
 */
const tuneCompiler = async (): Promise<void> => {
  const version = Number.parseInt(process.versions.v8, 10);
  if (version < 11 || version > 13) return;
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--interrupt-budget=1500000');
};

surviveLostOutput();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof CliError) {
    // What is wrong with a file stays in one line, as other programs read it.
    const lines = error.code === EXIT.USAGE ? wrap(error.message, { indent: '  ' }) : [error.message];
    if (error.message !== '') complain(lines.join('\n'));
    process.exitCode = error.code;
  } else {
    complain(`clispin: internal fault; please report it with the command that led here\n ${error instanceof Error ? error.stack : error}`);
    process.exitCode = EXIT.INTERNAL;
  }
}
