// Elements of data → their size and their bytes in this pass (NASM manual 3.2.1).

import { hex } from '../../base/bits.ts';
import type { ByteWriter } from '../../base/bytes.ts';
import { constantOf } from '../language/value.ts';
import { hasRegister, type Place, resolve } from './operand-values.ts';
import type { DataItem } from '../language/statement.ts';
import { currentValue } from './symbols.ts';

/** Size of all elements in bytes; a count that is not known, or no number, is 0. May be enormous. */
export const sizeOfData = (items: readonly DataItem[], place: Place): number => {
  let size = 0;
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    if (item.kind === 'string') size += Math.ceil(item.bytes.length / item.unit) * item.unit;
    else if (item.kind !== 'dup') size += item.unit;
    else size += countOf(item, place) * sizeOfData(item.items, place) || 0; // 0 times an infinity
  }
  return size;
};

const countOf = (item: Extract<DataItem, { kind: 'dup' }>, { scope, reporter }: Place): number => {
  const value = currentValue(item.count, scope, reporter);
  if (!value || value.unknown) return 0;
  const count = constantOf(value);
  if (count === undefined) reporter.error(item.count.origin, 'dup: the count must be a constant');
  else if (count < 0n) reporter.error(item.count.origin, `dup: the count is negative: ${count}`);
  return Math.max(Number(count ?? 0n), 0);
};

const UNIT_NAMES: Readonly<Record<number, string>> = { 1: 'byte', 2: 'word', 4: 'dword', 8: 'qword' };

/** Writes the elements; the caller has made sure that there is room. */
export const writeData = (items: readonly DataItem[], writer: ByteWriter, place: Place): void => {
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    switch (item.kind) {
      case 'gap':
        writer.fill(item.unit);
        break;
      case 'string':
        writer.bytes(item.bytes).fill((item.unit - (item.bytes.length % item.unit)) % item.unit);
        break;
      case 'dup': {
        const count = countOf(item, place);
        if (count > 0 && sizeOfData(item.items, place) > 0) {
          const start = writer.length;
          writeData(item.items, writer, place);
          writer.repeat(writer.slice(start), count - 1);
        } else checkData(item.items, place);
        break;
      }
      case 'number':
        writeNumber(numberOf(item, place), item.unit, writer);
    }
  }
};

/** Reports what is wrong with elements that are not written. */
export const checkData = (items: readonly DataItem[], place: Place): void => {
  for (const item of items) {
    if (item.kind === 'dup') countOf(item, place);
    if (item.kind === 'dup') checkData(item.items, place);
    else if (item.kind === 'number') numberOf(item, place);
  }
};

const numberOf = (item: Extract<DataItem, { kind: 'number' }>, place: Place): bigint => {
  const { value: expression, unit } = item;
  if (expression.kind === 'number' && unit === 8) return expression.value.constant;
  const value = currentValue(expression, place.scope, place.reporter);
  if (!value) return 0n;
  const resolved = hasRegister(value) ? undefined : resolve(value, place);
  if (!resolved) {
    place.reporter.error(expression.origin, 'expression is not simple or relocatable');
    return 0n;
  }
  const { number, section } = resolved;
  if (unit === 8 || section !== 'none') return number;
  const limit = 1n << BigInt(8 * unit);
  if (number >= limit || number < -limit) {
    place.reporter.warning(expression.origin, `${UNIT_NAMES[unit]} data exceeds bounds: ${number < 0n ? '-' : ''}0x${hex(number < 0n ? -number : number)}`);
  }
  return number;
};

const writeNumber = (value: bigint, unit: number, writer: ByteWriter): void => {
  if (unit === 8) writer.u64(BigInt.asUintN(64, value));
  else if (unit === 4) writer.u32(Number(BigInt.asUintN(32, value)));
  else if (unit === 2) writer.u16(Number(BigInt.asUintN(16, value)));
  else writer.u8(Number(BigInt.asUintN(8, value)));
};
