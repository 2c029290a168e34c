// The ACPI tables as a kernel finds them: read from the bytes by the offsets of ACPI 6.5, chapter 5, not by our own descriptions.

import { describe, expect, test } from 'vitest';
import { buildAcpi } from '../../src/device/acpi.ts';

const BASE = 0xe0000;
const bytes = buildAcpi({ base: BASE, apicIds: [0, 1, 5], ioapicId: 7 });
const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const at = (address: number): number => address - BASE;
const u8 = (address: number): number => view.getUint8(at(address));
const u16 = (address: number): number => view.getUint16(at(address), true);
const u32 = (address: number): number => view.getUint32(at(address), true);
const u64 = (address: number): number => Number(view.getBigUint64(at(address), true));
const text = (address: number, length: number): string => String.fromCharCode(...bytes.subarray(at(address), at(address) + length));
const sum = (address: number, length: number): number =>
  bytes.subarray(at(address), at(address) + length).reduce((total, byte) => total + byte, 0) % 256;

const rsdt = u32(BASE + 16);
const xsdt = u64(BASE + 24);
const fadt = u64(xsdt + 36);
const madt = u64(xsdt + 44);
const dsdt = u32(fadt + 40);
const facs = u32(fadt + 36);

test('RSDP: signature, revision 2, both checksums', () => {
  expect(text(BASE, 8)).toBe('RSD PTR ');
  expect(u8(BASE + 15)).toBe(2);
  expect(u32(BASE + 20)).toBe(36);
  expect(sum(BASE, 20)).toBe(0);
  expect(sum(BASE, 36)).toBe(0);
});

test('RSDT and XSDT name the same tables', () => {
  expect([u32(rsdt + 36), u32(rsdt + 40)]).toEqual([fadt, madt]);
  expect([u32(rsdt + 4), u32(xsdt + 4)]).toEqual([44, 52]);
});

test.each([
  ['RSDT', rsdt, 1],
  ['XSDT', xsdt, 1],
  ['FACP', fadt, 4],
  ['APIC', madt, 3],
  ['DSDT', dsdt, 2],
])('%s: signature, revision, checksum, within the bytes', (signature, address, revision) => {
  expect(text(address, 4)).toBe(signature);
  expect(u8(address + 8)).toBe(revision);
  expect(sum(address, u32(address + 4))).toBe(0);
  expect(at(address) + u32(address + 4)).toBeLessThanOrEqual(bytes.length);
});

describe('FADT', () => {
  test('is that of ACPI 4: 244 bytes', () => expect(u32(fadt + 4)).toBe(244));

  test('the reset register is port 0xCF9, value 6, and supported', () => {
    expect([u8(fadt + 116), u8(fadt + 117), u64(fadt + 120), u8(fadt + 128)]).toEqual([1, 8, 0xcf9, 6]);
    expect(u32(fadt + 112) & 0x400).toBe(0x400);
  });

  test('fixed hardware: SCI 9, PM1 registers, 32-bit PM timer, both ways to say it', () => {
    expect(u16(fadt + 46)).toBe(9);
    expect([u32(fadt + 56), u32(fadt + 64), u32(fadt + 76)]).toEqual([0x600, 0x604, 0x608]);
    expect([u64(fadt + 152), u64(fadt + 176), u64(fadt + 212)]).toEqual([0x600, 0x604, 0x608]);
    expect([u8(fadt + 88), u8(fadt + 89), u8(fadt + 91)]).toEqual([4, 2, 4]);
    expect(u32(fadt + 112) & 0x100).toBe(0x100);
  });

  test('FACS and DSDT are where both pointers say; FACS is 64 bytes, aligned to 64', () => {
    expect([u64(fadt + 132), u64(fadt + 140)]).toEqual([facs, dsdt]);
    expect(text(facs, 4)).toBe('FACS');
    expect(u32(facs + 4)).toBe(64);
    expect(facs % 64).toBe(0);
  });
});

test('MADT: CPUs in order, the I/O APIC, IRQ 0 on line 2, SCI level-triggered, NMI on LINT1', () => {
  expect([u32(madt + 36), u32(madt + 40)]).toEqual([0xfee0_0000, 1]);
  const entries: number[][] = [];
  for (let entry = madt + 44; entry < madt + u32(madt + 4); entry += u8(entry + 1)) {
    entries.push([...bytes.subarray(at(entry), at(entry) + u8(entry + 1))]);
  }
  expect(entries).toEqual([
    [0, 8, 0, 0, 1, 0, 0, 0],
    [0, 8, 1, 1, 1, 0, 0, 0],
    [0, 8, 2, 5, 1, 0, 0, 0],
    [1, 12, 7, 0, 0x00, 0x00, 0xc0, 0xfe, 0, 0, 0, 0],
    [2, 10, 0, 0, 2, 0, 0, 0, 0, 0],
    [2, 10, 0, 9, 9, 0, 0, 0, 0x0d, 0],
    [4, 6, 0xff, 0, 0, 1],
  ]);
});

test('DSDT: one name, \\_S5, a package of four whose first two are 5', () => {
  const aml = [...bytes.subarray(at(dsdt) + 36, at(dsdt) + u32(dsdt + 4))];
  expect(aml).toEqual([0x08, 0x5f, 0x53, 0x35, 0x5f, 0x12, 8, 4, 0x0a, 5, 0x0a, 5, 0, 0]);
  expect(aml.length - 6).toBe(8); // PkgLength counts itself to the end
});

test('32 CPUs still fit below 1 MiB', () => {
  const many = buildAcpi({ base: BASE, apicIds: Array.from({ length: 32 }, (_, id) => id), ioapicId: 32 });
  expect(BASE + many.length).toBeLessThan(0x10_0000);
});
