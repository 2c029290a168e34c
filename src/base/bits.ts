// Integers of a known width → their bits: truncation, sign extension, hexadecimal. Values are bigint where they may have 64 bits.

/** Width of an operand in bits. */
export type Size = 8 | 16 | 32 | 64;

/** `value` modulo 2^`size`, as an unsigned integer. */
export const truncate = (value: bigint, size: number): bigint => BigInt.asUintN(size, value);

/** The low `size` bits of `value` read as two's complement. */
export const signed = (value: bigint, size: number): bigint => BigInt.asIntN(size, value);

/** `value` of `from` bits, sign-extended, as an unsigned integer of `to` bits. */
export const signExtend = (value: bigint, from: number, to: number): bigint => BigInt.asUintN(to, BigInt.asIntN(from, value));

/** Whether `value` can be written as a two's complement number of `size` bits. */
export const fitsSigned = (value: bigint, size: number): boolean => BigInt.asIntN(size, value) === value;

export const isPowerOfTwo = (value: bigint): boolean => value > 0n && (value & (value - 1n)) === 0n;

/** Hexadecimal without prefix, at least `digits` long. */
export const hex = (value: bigint | number, digits = 1): string => value.toString(16).padStart(digits, '0');
