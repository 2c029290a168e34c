// The CMOS clock: dates against the host's calendar, encodings against the MC146818's data sheet.

import { expect, test } from 'vitest';
import { dateOf } from '../../src/device/calendar.ts';
import { Rtc } from '../../src/device/rtc.ts';
import { portsOf } from './ports.ts';
import { Slots } from './slots.ts';

const setUp = (options: { start?: number; ramBytes?: number } = {}) => {
  const cpu = new Slots();
  const rtc = new Rtc({ hz: 1_000_000, now: cpu.now, ramBytes: 64 * 2 ** 20, ...options });
  const { read, write } = portsOf(rtc, cpu);
  return {
    cpu,
    rtc,
    read,
    write,
    get: (register: number) => {
      write(0x70, register);
      return read(0x71);
    },
    put: (register: number, value: number) => {
      write(0x70, register);
      write(0x71, value);
    },
  };
};

const DATE = [0x32, 0x09, 0x08, 0x07, 0x06, 0x04, 0x02, 0x00];

test('dates are those of the calendar', () => {
  for (let seconds = 0; seconds < 2 ** 33; seconds += 7_777_777) {
    const host = new Date(seconds * 1000);
    expect(dateOf(seconds)).toEqual({
      year: host.getUTCFullYear(),
      month: host.getUTCMonth() + 1,
      day: host.getUTCDate(),
      hour: host.getUTCHours(),
      minute: host.getUTCMinutes(),
      second: host.getUTCSeconds(),
      weekday: host.getUTCDay() + 1,
    });
  }
});

test('29 February, and a century that has none', () => {
  expect(dateOf(Date.UTC(2024, 1, 29) / 1000)).toMatchObject({ month: 2, day: 29 });
  expect(dateOf(Date.UTC(2100, 1, 28, 24) / 1000)).toMatchObject({ month: 3, day: 1 });
});

test('the date is 2026-01-01, a Thursday, at tick 0, in BCD', () => {
  const { get } = setUp();
  expect(DATE.map(get)).toEqual([0x20, 0x26, 0x01, 0x01, 5, 0x00, 0x00, 0x00]);
});

test('it goes on with the ticks', () => {
  const { cpu, get } = setUp();
  cpu.time = (86_400 + 13 * 3600 + 45 * 60 + 59) * 1_000_000;
  expect(DATE.map(get)).toEqual([0x20, 0x26, 0x01, 0x02, 6, 0x13, 0x45, 0x59]);
});

test.each([
  ['binary, 24 hours', 0x06, 13],
  ['binary, 12 hours', 0x04, 0x80 | 1],
  ['BCD, 12 hours', 0x00, 0x80 | 0x01],
])('%s', (_, status, hour) => {
  const { cpu, get, put } = setUp();
  cpu.time = 13 * 3600 * 1_000_000;
  put(0x0b, status);
  expect(get(0x04)).toBe(hour);
});

test.each([
  [0, 0x12],
  [12, 0x80 | 0x12],
])('hour %i on a 12-hour clock', (hour, shown) => {
  const { cpu, get, put } = setUp();
  cpu.time = hour * 3600 * 1_000_000;
  put(0x0b, 0);
  expect(get(0x04)).toBe(shown);
});

test('an update is in progress during the last 244 µs of a second', () => {
  const { cpu, get } = setUp();
  cpu.time = 999_700;
  expect(get(0x0a)).toBe(0x26);
  cpu.time = 999_760;
  expect(get(0x0a)).toBe(0xa6);
  cpu.time = 1_000_000;
  expect(get(0x0a)).toBe(0x26);
});

test('the date cannot be written, memory can, and the battery is good', () => {
  const { get, put } = setUp();
  put(0x09, 0x99);
  put(0x40, 0x99);
  put(0x0d, 0);
  expect([get(0x09), get(0x40), get(0x0d)]).toEqual([0x26, 0x99, 0x80]);
});

test('the NMI mask bit is kept beside the index', () => {
  const { read, write } = setUp();
  write(0x70, 0x80 | 0x0d);
  expect(read(0x70)).toBe(0x8d);
  expect(read(0x71)).toBe(0x80);
});

test('the size of the memory: 640 KiB, 63 MiB above 1 MiB, 48 MiB above 16 MiB', () => {
  const { get } = setUp();
  const word = (register: number) => get(register) | (get(register + 1) << 8);
  expect([word(0x15), word(0x17), word(0x30), word(0x34)]).toEqual([640, 63 * 1024, 63 * 1024, 48 * 16]);
});

test('save and load', () => {
  const { rtc, put } = setUp();
  put(0x40, 0x99);
  const other = setUp();
  other.rtc.load(JSON.parse(JSON.stringify(rtc.save())));
  expect(other.get(0x40)).toBe(0x99);
  rtc.reset();
  expect(rtc.save()).toEqual(setUp().rtc.save());
});
