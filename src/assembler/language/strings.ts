// A quoted string ↔ its bytes. Between '…' and "…" every character stands for itself; between `…` C's escapes are
// resolved. NASM manual 3.4.2.

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, e: 27, f: 12, n: 10, r: 13, t: 9, v: 11 };
const ESCAPE = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gsu;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The bytes of a string as written, with its quotes. */
export const unquote = (text: string): Uint8Array => {
  const inner = text.slice(1, -1);
  return text[0] === '`' && inner.includes('\\') ? resolveEscapes(inner) : encoder.encode(inner);
};

const resolveEscapes = (inner: string): Uint8Array => {
  const bytes: number[] = [];
  const append = (more: Iterable<number>): void => {
    for (const byte of more) bytes.push(byte);
  };
  let end = 0;
  for (const match of inner.matchAll(ESCAPE)) {
    const [whole, octal, hex, utf16, utf32, letter] = match;
    append(encoder.encode(inner.slice(end, match.index)));
    end = match.index + whole.length;
    if (octal) bytes.push(Number.parseInt(octal, 8) & 0xff);
    else if (hex) bytes.push(Number.parseInt(hex, 16));
    else if (letter) append(ESCAPES[letter] === undefined ? encoder.encode(letter) : [ESCAPES[letter]]);
    else append(encodeCodePoint(Number.parseInt(utf16 ?? utf32, 16)));
  }
  append(encoder.encode(inner.slice(end)));
  return Uint8Array.from(bytes);
};

/** UTF-8 of any code point; those past Unicode's end become the replacement character. */
const encodeCodePoint = (point: number): Uint8Array => encoder.encode(point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd');

/** A way to write the bytes as a string: with plain quotes if that is possible, else with escapes. */
export const quote = (bytes: Uint8Array): string => {
  const text = decode(bytes);
  if (text !== undefined && !/[\0-\x1f\x7f]/.test(text)) {
    if (!text.includes("'")) return `'${text}'`;
    if (!text.includes('"')) return `"${text}"`;
  }
  const escaped = (byte: number): string => {
    if (byte === 0x60 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  };
  return `\`${Array.from(bytes, escaped).join('')}\``;
};

const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
};

/** The number a string means in an expression: its first eight bytes, the first one lowest. */
export const characterConstant = (bytes: Uint8Array): bigint => {
  let value = 0n;
  for (let index = Math.min(bytes.length, 8) - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index]);
  return BigInt.asIntN(64, value);
};
