// What the benchmarks say of their numbers; the numbers themselves are nobody's to test.

import { expect, test } from 'vitest';
import { formatSpread, formatTable, spreadOf } from '../../bench/statistics.ts';
import { drawChart } from '../../bench/svg.ts';

test('the median of an even number of values lies between the middle two', () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ min: 1, median: 2.5, max: 4 });
  expect(spreadOf([10, 9, 2])).toEqual({ min: 2, median: 9, max: 10 });
});

test('a spread has three digits, and one number when there is but one', () => {
  expect(formatSpread({ min: 0.51234, median: 12.345, max: 1234.5 })).toBe('12.3 (0.512..1235)');
  expect(formatSpread({ min: 7, median: 7, max: 7 })).toBe('7.00');
});

test('a table is Markdown with its numbers flush right', () => {
  expect(formatTable([['program', 'MIPS'], ['mix', '9.1']])).toBe(
    ['| program | MIPS |', '| ------- | ---: |', '| mix     |  9.1 |'].join('\n'),
  );
});

test('a chart has a point for each value, higher for more, and keeps names from being markup', () => {
  const svg = drawChart({ title: 'a < b & c', x: 'CPUs', y: 'MIPS', series: [{ name: 'one', points: [[1, 10], [4, 20]] }] });
  const circles = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
  expect(circles).toHaveLength(2);
  expect(circles[1][0]).toBeGreaterThan(circles[0][0]);
  expect(circles[1][1]).toBeLessThan(circles[0][1]);
  expect(svg).toContain('a &lt; b &amp; c');
});
