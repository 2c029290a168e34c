// One description of a record → its size, its writer, its reader. Records are little-endian and packed, as in ELF and Multiboot;
// the order of the properties is the order in the file.

/** A field of fixed size. 64-bit fields are bigint, shorter ones number. */
export interface Field<T> {
  readonly size: number;
  put(view: DataView, offset: number, value: T): void;
  take(view: DataView, offset: number): T;
}

export interface Struct<T extends object> extends Field<T> {
  /** Offset of each field from the start of the record, for messages that name a place. */
  readonly offsets: { readonly [K in keyof T]: number };
}

/** The record that a description describes. */
export type RecordOf<S> = S extends Field<infer T> ? T : never;

export const u8: Field<number> = {
  size: 1,
  put: (view, offset, value) => view.setUint8(offset, value),
  take: (view, offset) => view.getUint8(offset),
};

export const u16: Field<number> = {
  size: 2,
  put: (view, offset, value) => view.setUint16(offset, value, true),
  take: (view, offset) => view.getUint16(offset, true),
};

export const u32: Field<number> = {
  size: 4,
  put: (view, offset, value) => view.setUint32(offset, value, true),
  take: (view, offset) => view.getUint32(offset, true),
};

export const u64: Field<bigint> = {
  size: 8,
  put: (view, offset, value) => view.setBigUint64(offset, value, true),
  take: (view, offset) => view.getBigUint64(offset, true),
};

/** A field whatever its type. */
interface AnyField {
  readonly size: number;
  put(view: DataView, offset: number, value: never): void;
  take(view: DataView, offset: number): unknown;
}

/** Describes a record by its fields in the order of the file. */
export const struct = <S extends { readonly [name: string]: AnyField }>(
  fields: S,
): Struct<{ -readonly [K in keyof S]: RecordOf<S[K]> }> => {
  type T = { -readonly [K in keyof S]: RecordOf<S[K]> };
  const names = Object.keys(fields) as (keyof S)[];
  const offsets = {} as { [K in keyof T]: number };
  let size = 0;
  for (const name of names) {
    offsets[name] = size;
    size += fields[name].size;
  }
  return {
    size,
    offsets,
    put: (view, offset, record) => {
      for (const name of names) fields[name].put(view, offset + offsets[name], record[name] as never);
    },
    take: (view, offset) => {
      const record = {} as T;
      for (const name of names) record[name] = fields[name].take(view, offset + offsets[name]) as T[typeof name];
      return record;
    },
  };
};
