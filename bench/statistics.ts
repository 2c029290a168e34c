// Numbers → what a person compares: a median with its spread, a table, ratios.

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { min: sorted[0], median, max: sorted[sorted.length - 1] };
};

/** Three significant digits, without an exponent. */
export const round = (value: number): string =>
  !Number.isFinite(value) ? '-' : Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);

/** `24.1 (22.0..24.9)`; the median alone of a single value. */
export const formatSpread = ({ min, median, max }: Spread): string =>
  min === max ? round(median) : `${round(median)} (${round(min)}..${round(max)})`;

/** Rows of a Markdown table, the first of which is the head; all columns but the first are flush right. */
export const formatTable = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join('\n');
};
