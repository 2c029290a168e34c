// Sources are bytes in an encoding that nobody has declared: UTF-8, Latin-1, a code page of DOS. Inside the assembler a text therefore
// has one character for each byte, and what is between quotes comes out as it was written. Only people are shown UTF-8.

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const BEYOND_ASCII = /[^\0-\x7f]/;

/** As many arguments as any call takes. */
const CHUNK = 8192;

/** Bytes → a character for each. */
export const textOfBytes = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return text;
};

/** The bytes of a text with a character for each. */
export const bytesOfText = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
};

/** What a person or a file gave, as a text of bytes: a string counts as UTF-8. */
export const takeText = (given: string | Uint8Array): string => {
  if (typeof given !== 'string') return textOfBytes(given);
  return BEYOND_ASCII.test(given) ? textOfBytes(utf8.encode(given)) : given;
};

/** A text of bytes, perhaps with words of ours around, for people: what is UTF-8 is read as that, any other byte as Latin-1. */
export const showText = (text: string): string => text.replace(BYTES_BEYOND_ASCII, decodeOrKeep);

const BYTES_BEYOND_ASCII = /[\x80-\xff]+/g;

const decodeOrKeep = (text: string): string => {
  try {
    return fromUtf8.decode(bytesOfText(text));
  } catch {
    return text;
  }
};

/** The lines of a text, whichever system wrote it. ^Z, with which DOS ends files, ends a line. */
export const splitLines = (text: string): string[] => text.split(/[\r\x1a]/.test(text) ? /\r\n|\n\r|[\n\r\x1a]/ : '\n');
