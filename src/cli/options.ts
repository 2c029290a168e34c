// Words of the command line → values. Each command lists its options in a table, from which parsing and help both come.

import { parseArgs } from 'node:util';
import { didYouMean, DURATION_EXAMPLES, parseDuration, wrap } from '../index.ts';
import { CliError, EXIT } from './exit-code.ts';

/** An option without `value` is a switch. `name` is the long form without dashes. `multiple`: it may come several times. */
export interface Option {
  readonly name: string;
  readonly short?: string;
  readonly value?: string;
  readonly multiple?: boolean;
  readonly help: string;
}

export interface Command {
  readonly name: string;
  /** What follows the name, as in `TARGET [options]`. */
  readonly operands: string;
  readonly summary: string;
  readonly options: readonly Option[];
  readonly run: (args: Arguments) => number | Promise<number>;
}

type OptionValues = Readonly<Record<string, string | boolean | string[] | undefined>>;

/** The parsed words: operands in order, options by name. */
export class Arguments {
  readonly operands: readonly string[];
  readonly #command: string;
  readonly #values: OptionValues;

  constructor(command: string, operands: readonly string[], values: OptionValues) {
    this.#command = command;
    this.operands = operands;
    this.#values = values;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    return this.#values[name] as string | undefined;
  }

  /** What an option that may come several times was given, in order. */
  texts(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
  }

  /** The option read by `parse`, which gives `undefined` for what is not `expected`. */
  value<T>(name: string, expected: string, parse: (text: string) => T | undefined): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) throw this.misuse(`--${name}: '${text}' is not ${expected}`);
    return value;
  }

  count(name: string, min: number, max: number): number | undefined {
    return this.value(name, `a whole number from ${min} to ${max}`, (text) => {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    });
  }

  seconds(name: string): number | undefined {
    return this.value(name, `a duration such as ${DURATION_EXAMPLES}`, parseDuration);
  }

  /** A clock of the CPUs, in hertz. */
  clockRate(name: string): number | undefined {
    return this.value(name, 'a rate from 100kHz to 5GHz', (text) => {
      const hertz = parseHertz(text);
      return hertz !== undefined && hertz >= 1e5 && hertz <= 5e9 ? hertz : undefined;
    });
  }

  misuse(text: string): CliError {
    return new CliError(`clispin ${this.#command}: ${text}`, EXIT.USAGE);
  }
}

const SCALES: Record<string, number> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };
const BINARY_SCALES: Record<string, number> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** `1000000`, `1MHz`, `2.5GHz` in hertz. */
const parseHertz = (text: string): number | undefined => {
  const match = /^(\d+(?:\.\d+)?)([kmg]?)(?:hz)?$/i.exec(text);
  return match ? Math.round(Number(match[1]) * SCALES[match[2].toLowerCase()]) : undefined;
};

/** `64M`, `64MiB`, `1G` in bytes. */
export const parseBytes = (text: string): number | undefined => {
  const match = /^(\d+)([kmg]?)(?:i?b)?$/i.exec(text);
  return match ? Number(match[1]) * BINARY_SCALES[match[2].toLowerCase()] : undefined;
};

/** Parses what follows the command's name. */
export const parseArguments = (command: Command, words: readonly string[]): Arguments => {
  const options = Object.fromEntries(
    command.options.map(({ name, short, value, multiple = false }) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple, ...(short === undefined ? {} : { short }) },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
    return new Arguments(command.name, positionals, values as OptionValues);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = message.split('. ')[0].replace(/^U/, 'u').replace(/^O/, 'o');
    const wrong = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? /'-*([^']*)'/.exec(message)?.[1] : undefined;
    const near = wrong === undefined ? '' : didYouMean(wrong, command.options.map(({ name }) => name), (name) => `--${name}`);
    throw new CliError(`clispin ${command.name}: ${reason}${near || `; see 'clispin ${command.name} --help'`}`, EXIT.USAGE);
  }
};

/** A row of a list: what is on the left, and on the right as many lines as its explanation takes. */
export const columns = (left: string, width: number, right: string): string[] =>
  wrap(`  ${left.padEnd(width)}  ${right}`, { indent: ' '.repeat(width + 4) });

/** The help page of a command. */
export const formatHelp = ({ name, operands, summary, options }: Command): string => {
  const left = options.map(({ name, short, value }) => `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`);
  const width = Math.max(0, ...left.map((text) => text.length));
  const rows = options.flatMap(({ help }, index) => columns(left[index], width, help));
  return [`Usage: clispin ${name} ${operands}`.trimEnd(), '', ...wrap(summary), '', ...rows].join('\n');
};
