// A quoted string ↔ its bytes. Between '…' and "…" every character stands for itself; between `…` C's escapes are
// resolved. NASM manual 3.4.2.

import { bytesOfText, textOfBytes } from './text.ts';

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, e: 27, f: 12, n: 10, r: 13, t: 9, v: 11 };
const ESCAPE = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gs;

const encoder = new TextEncoder();

/** The bytes of a string as written, with its quotes. */
export const unquote = (text: string): Uint8Array => {
  const inner = text.slice(1, -1);
  return bytesOfText(text[0] === '`' && inner.includes('\\') ? resolveEscapes(inner) : inner);
};

const resolveEscapes = (inner: string): string =>
  inner.replace(ESCAPE, (_, octal?: string, hex?: string, utf16?: string, utf32?: string, letter?: string) => {
    if (octal) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    if (hex) return String.fromCharCode(Number.parseInt(hex, 16));
    if (letter) return ESCAPES[letter] === undefined ? letter : String.fromCharCode(ESCAPES[letter]);
    return textOfBytes(encodeCodePoint(Number.parseInt((utf16 ?? utf32) as string, 16)));
  });

/** UTF-8 of any code point; those past Unicode's end become the replacement character. */
const encodeCodePoint = (point: number): Uint8Array => encoder.encode(point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd');

/** A way to write the bytes as a string: with plain quotes if that is possible, else with escapes. */
export const quote = (bytes: Uint8Array): string => {
  const text = textOfBytes(bytes);
  if (!/[\0-\x1f\x7f]/.test(text)) {
    if (!text.includes("'")) return `'${text}'`;
    if (!text.includes('"')) return `"${text}"`;
  }
  const escaped = (byte: number): string => {
    if (byte === 0x60 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte >= 0x20 && byte !== 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  };
  return `\`${Array.from(bytes, escaped).join('')}\``;
};

/** The number a string means in an expression: its first bytes, at most `most`, the first one lowest. */
export const characterConstant = (bytes: Uint8Array, most: number): bigint => {
  let value = 0n;
  for (let index = Math.min(bytes.length, most) - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index]);
  return BigInt.asIntN(64, value);
};
