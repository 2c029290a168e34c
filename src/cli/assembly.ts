// A source file → an object file, or every mistake in it on stderr and exit code 3.

import { type Assembly, assemble, type Diagnostic, formatDiagnostic, type ObjectFile } from '../index.ts';
import { CliError, EXIT } from './exit-code.ts';
import { sourceIo } from './files.ts';
import { complain, paint } from './terminal.ts';

/** Mistakes shown of one run; the rest is only counted. */
const SHOWN = 20;

export interface AssemblySettings {
  readonly includePaths: readonly string[];
  readonly defines: readonly string[];
}

/** What `__DATE__` and its kin say: the time of this host, unless whoever builds says another one (reproducible-builds.org). */
const timeOfBuild = (): number => {
  const given = process.env.SOURCE_DATE_EPOCH;
  return given !== undefined && /^\d{1,11}$/.test(given) ? Number(given) : Math.floor(Date.now() / 1000);
};

/** Assembles `path`; warnings go to stderr. */
export const assembleFile = (path: string, { includePaths, defines }: AssemblySettings): Assembly & { object: ObjectFile } => {
  const assembly = assemble(path, sourceIo(includePaths), { defines, time: timeOfBuild() });
  const { object, diagnostics } = assembly;
  tellDiagnostics(diagnostics);
  if (object === undefined) throw new CliError('', EXIT.BAD_INPUT, diagnostics);
  return { ...assembly, object };
};

/** Warnings, then errors, on stderr. */
export const tellDiagnostics = (diagnostics: readonly Diagnostic[]): void => {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const shown = [...diagnostics.filter(({ severity }) => severity === 'warning').slice(0, SHOWN), ...errors.slice(0, SHOWN)];
  for (const diagnostic of shown) {
    const [head, ...rest] = formatDiagnostic(diagnostic).split('\n');
    complain([paint(diagnostic.severity === 'error' ? 'red' : 'yellow', head), ...rest].join('\n'));
  }
  if (errors.length > SHOWN) complain(`… and ${errors.length - SHOWN} more errors`);
};

/** Mistakes that no assembler finds, told as its own are. */
export const refuseSource = (diagnostics: readonly Diagnostic[]): CliError => {
  tellDiagnostics(diagnostics);
  return new CliError('', EXIT.BAD_INPUT, diagnostics);
};
