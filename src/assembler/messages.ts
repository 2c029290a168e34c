// Diagnostics → what a person is shown: the first twenty errors of a run, its warnings, and how many errors more there are.

import { type Diagnostic, formatDiagnostic } from '../base/diagnostic.ts';

const MAX_SHOWN_ERRORS = 20;

export const formatDiagnostics = (diagnostics: readonly Diagnostic[]): string => {
  let errors = 0;
  const shown = diagnostics.filter(({ severity }) => severity === 'warning' || errors++ < MAX_SHOWN_ERRORS);
  const more = errors - MAX_SHOWN_ERRORS;
  return [...shown.map(formatDiagnostic), ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
};
