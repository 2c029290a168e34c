import { expect, test } from 'vitest';
import { formatEntry, Journal, LineAssembler } from '../../src/machine/journal.ts';

const linesOf = (feed: (lines: LineAssembler) => void): [number, number, string][] => {
  const out: [number, number, string][] = [];
  feed(new LineAssembler((time, cpu, text) => out.push([time, cpu, text])));
  return out;
};

const say = (lines: LineAssembler, text: string, time: number, cpu: number): void => {
  for (const byte of new TextEncoder().encode(text)) lines.add(byte, time++, cpu);
};

test('a line has the time and the CPU of its first byte, and no line end', () =>
  expect(
    linesOf((lines) => {
      say(lines, 'one\r\ntwo', 100, 1);
      say(lines, ' and half\n\n', 200, 0);
    }),
  ).toEqual([
    [100, 1, 'one'],
    [105, 1, 'two and half'],
    [210, 0, ''],
  ]));

test('what has no end yet becomes a line when the run is over', () =>
  expect(
    linesOf((lines) => {
      say(lines, 'panic', 5, 0);
      lines.finish();
      lines.finish();
    }),
  ).toEqual([[5, 0, 'panic']]));

test('a line that never ends is cut', () =>
  expect(linesOf((lines) => say(lines, 'x'.repeat(10_000), 0, 0)).map(([, , text]) => text.length)).toEqual([4096, 4096]));

test('bytes that are no UTF-8 are shown as such, and nothing fails', () =>
  expect(
    linesOf((lines) => {
      for (const byte of [0x41, 0xff, 0x0a]) lines.add(byte, 0, 0);
    }),
  ).toEqual([[0, 0, 'A\ufffd']]));

test('an entry is one greppable line, CPU first', () => {
  expect(formatEntry({ time: 12, cpu: 1, kind: 'console', text: 'hello' })).toBe('cpu1 t=12 console hello');
  expect(formatEntry({ time: 13, cpu: 0, kind: 'exit', code: 33 })).toBe('cpu0 t=13 exit code=33');
  expect(formatEntry({ time: 14, cpu: 0, kind: 'reset', by: 'port 0xcf9' })).toBe('cpu0 t=14 reset by=port 0xcf9');
  expect(formatEntry({ time: 15, cpu: 3, kind: 'start-up' })).toBe('cpu3 t=15 start-up');
});

test('a journal without end keeps its beginning and reports the rest live', () => {
  const journal = new Journal();
  let live = 0;
  journal.onEntry = () => live++;
  for (let time = 0; time < Journal.LIMIT + 10; time++) journal.add({ time, cpu: 0, kind: 'init' });
  expect([journal.entries.length, journal.dropped, live]).toEqual([Journal.LIMIT + 1, 10, Journal.LIMIT + 10]);
  expect(formatEntry(journal.entries.at(-1)!)).toBe(`cpu0 t=${Journal.LIMIT} cut entries=10 characters=0`);
});

test('so does one of long lines, which says how much is missing, and still how the run ended', () => {
  const journal = new Journal();
  const line = 'x'.repeat(LineAssembler.LONGEST);
  const fit = Journal.TEXT_LIMIT / line.length;
  for (let time = 0; time < fit + 1000; time++) journal.add({ time, cpu: 1, kind: 'debug', text: line });
  journal.add({ time: 9999, cpu: 1, kind: 'console', text: 'short' });
  journal.add({ time: 10_000, cpu: 1, kind: 'exit', code: 3 });
  expect(journal.entries.length).toBe(fit + 2);
  expect(journal.entries.slice(-2).map(formatEntry)).toEqual([
    `cpu1 t=${fit} cut entries=1001 characters=${1000 * line.length + 5}`, 'cpu1 t=10000 exit code=3',
  ]);
});
