// Instructions and functions → a WebAssembly module's bytes (WebAssembly Core Specification 1.0, chapter 5, with the sign-extension and
// tail-call operators of 2.0 and 3.0). Only what the translator needs; a name and its opcode are written once, here.

export const I32 = {
  eqz: 0x45, eq: 0x46, ne: 0x47, lt_s: 0x48, lt_u: 0x49, gt_s: 0x4a, gt_u: 0x4b, le_s: 0x4c, le_u: 0x4d, ge_s: 0x4e, ge_u: 0x4f,
  clz: 0x67, ctz: 0x68, popcnt: 0x69, add: 0x6a, sub: 0x6b, mul: 0x6c, div_s: 0x6d, div_u: 0x6e, rem_s: 0x6f, rem_u: 0x70,
  and: 0x71, or: 0x72, xor: 0x73, shl: 0x74, shr_s: 0x75, shr_u: 0x76, rotl: 0x77, rotr: 0x78,
  wrap_i64: 0xa7, extend8_s: 0xc0, extend16_s: 0xc1,
} as const;

export const I64 = {
  eqz: 0x50, eq: 0x51, ne: 0x52, lt_s: 0x53, lt_u: 0x54, gt_s: 0x55, gt_u: 0x56, le_s: 0x57, le_u: 0x58, ge_s: 0x59, ge_u: 0x5a,
  clz: 0x79, ctz: 0x7a, popcnt: 0x7b, add: 0x7c, sub: 0x7d, mul: 0x7e, div_s: 0x7f, div_u: 0x80, rem_s: 0x81, rem_u: 0x82,
  and: 0x83, or: 0x84, xor: 0x85, shl: 0x86, shr_s: 0x87, shr_u: 0x88, rotl: 0x89, rotr: 0x8a,
  extend_i32_s: 0xac, extend_i32_u: 0xad, trunc_f64_u: 0xb1, extend8_s: 0xc2, extend16_s: 0xc3, extend32_s: 0xc4,
} as const;

export const F64 = { add: 0xa0, sub: 0xa1, convert_i32_s: 0xb7 } as const;

/** Loads and stores; all are written without alignment hints. */
export const MEMORY = {
  i32_load: 0x28, i64_load: 0x29, f64_load: 0x2b, f64_store: 0x39, i32_load8_u: 0x2d, i32_load16_u: 0x2f, i32_store: 0x36, i64_store: 0x37, i32_store8: 0x3a, i32_store16: 0x3b,
} as const;

export const TYPE = { i32: 0x7f, i64: 0x7e } as const;
export type ValueType = (typeof TYPE)[keyof typeof TYPE];

const OP = {
  unreachable: 0x00, block: 0x02, loop: 0x03, if: 0x04, else: 0x05, end: 0x0b, br: 0x0c, br_if: 0x0d, br_table: 0x0e, return: 0x0f,
  call: 0x10, call_indirect: 0x11, drop: 0x1a, select: 0x1b, local_get: 0x20, local_set: 0x21, local_tee: 0x22, i32_const: 0x41, i64_const: 0x42, bulk: 0xfc,
} as const;
const MEMORY_COPY = 10;
const NO_RESULT = 0x40;

/** Code under construction. Every method appends an instruction. */
export class Code {
  #bytes = new Uint8Array(256);
  #length = 0;

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): this {
    if (this.#length === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  append(bytes: ArrayLike<number>): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  unsigned(value: number): this {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) | 0x80);
    return this.byte(rest);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const bytes = new Uint8Array(2 * (this.#length + count));
    bytes.set(this.bytes);
    this.#bytes = bytes;
  }

  /** An instruction without immediates: a member of I32 or I64. */
  op(...opcodes: number[]): this {
    for (const opcode of opcodes) this.byte(opcode);
    return this;
  }

  i32(value: number): this {
    this.byte(OP.i32_const);
    for (let rest = value | 0; ; ) {
      const low = rest & 0x7f;
      rest >>= 7;
      const done = rest === 0 ? low < 0x40 : rest === -1 && low >= 0x40;
      this.byte(done ? low : low | 0x80);
      if (done) return this;
    }
  }

  i64(value: bigint): this {
    this.byte(OP.i64_const);
    for (let rest = BigInt.asIntN(64, value); ; ) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      const done = rest === 0n ? low < 0x40 : rest === -1n && low >= 0x40;
      this.byte(done ? low : low | 0x80);
      if (done) return this;
    }
  }

  get(local: number): this {
    return this.#with(OP.local_get, local);
  }

  set(local: number): this {
    return this.#with(OP.local_set, local);
  }

  tee(local: number): this {
    return this.#with(OP.local_tee, local);
  }

  /** A member of MEMORY; `offset` is added to the address without wrapping. */
  memory(opcode: number, offset: number): this {
    return this.byte(opcode).byte(0).unsigned(offset);
  }

  /** Of bytes, from one address to another, as if all were read first. */
  copyMemory(): this {
    return this.byte(OP.bulk).unsigned(MEMORY_COPY).byte(0).byte(0);
  }

  block(): this {
    return this.byte(OP.block).byte(NO_RESULT);
  }

  loop(): this {
    return this.byte(OP.loop).byte(NO_RESULT);
  }

  if(result: ValueType | typeof NO_RESULT = NO_RESULT): this {
    return this.byte(OP.if).byte(result);
  }

  else(): this {
    return this.op(OP.else);
  }

  end(): this {
    return this.op(OP.end);
  }

  br(depth: number): this {
    return this.#with(OP.br, depth);
  }

  brIf(depth: number): this {
    return this.#with(OP.br_if, depth);
  }

  brTable(depths: readonly number[], otherwise: number): this {
    this.#with(OP.br_table, depths.length);
    for (const depth of depths) this.unsigned(depth);
    return this.unsigned(otherwise);
  }

  call(index: number): this {
    return this.#with(OP.call, index);
  }

  /** Of a function in table 0, of a type by its number in the module. */
  callIndirect(type: number): this {
    return this.#with(OP.call_indirect, type).byte(0);
  }

  select(): this {
    return this.op(OP.select);
  }

  return(): this {
    return this.op(OP.return);
  }

  unreachable(): this {
    return this.op(OP.unreachable);
  }

  #with(opcode: number, immediate: number): this {
    return this.byte(opcode).unsigned(immediate);
  }
}

export interface FunctionType {
  readonly params: readonly ValueType[];
  readonly result: ValueType;
}

export interface WasmFunction extends FunctionType {
  /** Types of the locals behind the parameters. */
  readonly locals: readonly ValueType[];
  readonly code: Code;
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00] as const;
const SECTION = { type: 1, import: 2, function: 3, table: 4, export: 7, code: 10 } as const;
const FUNCTION_TYPE = 0x60;
const FUNCTION_REFERENCE = 0x70;
const EXTERNAL = { function: 0, table: 1, memory: 2 } as const;
const HAS_MAXIMUM = 1;

export interface ModuleOptions {
  /** Of 64 KiB: the module imports a memory `m.m` of exactly so many. */
  readonly pages: number;
  /** Type of a function `m.f` that it imports, which is number 0 then. */
  readonly imported?: FunctionType;
  /** Places of a table of functions that it exports as `t`. */
  readonly table?: number;
  /** Types behind those of the functions themselves. */
  readonly types?: readonly FunctionType[];
}

/** A module of `functions` that exports the first one as `f`. */
export function moduleOf(functions: readonly WasmFunction[], { pages, imported, table, types = [] }: ModuleOptions): Uint8Array<ArrayBuffer> {
  const name = (text: string): number[] => [text.length, ...[...text].map((letter) => letter.charCodeAt(0))];
  const module = new Code().append(MAGIC);
  const section = (id: number, items: readonly ArrayLike<number>[]): void => {
    const content = new Code().unsigned(items.length);
    for (const item of items) content.append(item);
    module.byte(id).unsigned(content.bytes.length).append(content.bytes);
  };
  const importedTypes = imported === undefined ? [] : [imported];
  section(SECTION.type, [...importedTypes, ...functions, ...types].map(({ params, result }) => [FUNCTION_TYPE, params.length, ...params, 1, result]));
  const memory = new Code().append([...name('m'), ...name('m'), EXTERNAL.memory, HAS_MAXIMUM]).unsigned(pages).unsigned(pages);
  section(SECTION.import, [memory.bytes, ...importedTypes.map((_, index) => [...name('m'), ...name('f'), EXTERNAL.function, index])]);
  section(SECTION.function, functions.map((_, index) => [index + importedTypes.length]));
  const exported = [[...name('f'), EXTERNAL.function, importedTypes.length]];
  if (table !== undefined) {
    section(SECTION.table, [new Code().append([FUNCTION_REFERENCE, 0]).unsigned(table).bytes]);
    exported.push([...name('t'), EXTERNAL.table, 0]);
  }
  section(SECTION.export, exported);
  section(SECTION.code, functions.map(bodyOf));
  return module.bytes.slice();
}

function bodyOf({ locals, code }: WasmFunction): Uint8Array {
  const body = new Code().unsigned(locals.length);
  for (const type of locals) body.byte(1).byte(type);
  body.append(code.bytes).byte(OP.end);
  return new Code().unsigned(body.bytes.length).append(body.bytes).bytes;
}
