// Text between a person and the lab: what a shell takes, what a screen can show, how a long line is broken.

/** `word` as a shell takes it. */
export const quote = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/**
 * What a screen shows as it is: tabs, newlines and letters. Not so the controls C0, DEL and C1 of a terminal, and what changes the direction or
 * the end of a line behind the reader's back (Unicode, bidirectional formatting, U+2028, U+2029).
 */
const HARMLESS = '\\n\\t -~\\u00a0-\\u061b\\u061d-\\u200d\\u2010-\\u2027\\u202f-\\u2065\\u206a-\\ufefe\\uff00-\\uffff';
const CONTROLS = new RegExp(`[^${HARMLESS}]`, 'g');

const codeOf = (character: string): string => character.charCodeAt(0).toString(16);

/** `text` with all that would control a terminal in words: `\x1b`, `\u202e`. Carriage returns at the end of a line are left out. */
export const printable = (text: string): string =>
  text.replace(/\r+\n/g, '\n').replace(CONTROLS, (character) =>
    character < '\u0100' ? `\\x${codeOf(character).padStart(2, '0')}` : `\\u${codeOf(character).padStart(4, '0')}`,
  );

/** JSON in which the same characters are escaped, as its readers take them; numbers of any size are texts with 0x. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? `0x${part.toString(16)}` : part), 2).replace(
    CONTROLS,
    (character) => `\\u${codeOf(character).padStart(4, '0')}`,
  );

/** Bytes that come one after the other → text: UTF-8, and what is none as `\x80`. Carriage returns before a newline are part of it. */
export class BytesToText {
  readonly #open: number[] = [];
  #returns = 0;

  /** The text of all bytes so far but those that may still become a character. */
  take(bytes: Iterable<number>): string {
    let text = '';
    for (const byte of bytes) {
      if (byte === RETURN && this.#open.length === 0) {
        this.#returns++;
        continue;
      }
      if (byte !== NEWLINE) text += '\r'.repeat(this.#returns);
      this.#returns = 0;
      this.#open.push(byte);
      text += this.#settle();
    }
    return text;
  }

  /** What stands there when nothing more comes. */
  finish(): string {
    const returns = '\r'.repeat(this.#returns);
    this.#returns = 0;
    return returns + this.#open.splice(0).map(escaped).join('');
  }

  #settle(): string {
    const [first] = this.#open;
    const length = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
    const last = this.#open.at(-1)!;
    const isContinued = this.#open.length === 1 || (last & 0xc0) === 0x80;
    if (length !== 0 && isContinued) return this.#open.length < length ? '' : this.#whole();
    if (this.#open.length === 1) return escaped(this.#open.pop()!);
    const wrong = this.#open.splice(0, this.#open.length - 1).map(escaped).join('');
    return wrong + this.#settle();
  }

  #whole(): string {
    const bytes = Uint8Array.from(this.#open.splice(0));
    const text = UTF8.decode(bytes);
    return text.includes('\ufffd') && bytes[0] !== 0xef ? Array.from(bytes, escaped).join('') : text;
  }
}

const [NEWLINE, RETURN] = [0x0a, 0x0d];
const UTF8 = new TextDecoder();
const escaped = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`;

/** Columns of a terminal that nothing of ours is wider than, but for what a guest prints and what a machine is to read. */
export const WIDTH = 100;

/**
 * Lines of at most `width` characters, broken between words, or between those given; all but the first begin with `indent`, all but the
 * last end with `end`. A word that is longer stays whole.
 */
export const wrap = (text: string | readonly string[], { indent = '', end = '', width = WIDTH } = {}): string[] => {
  /** Each with the blanks in front of it, which go where a line ends. */
  const words = typeof text === 'string' ? (text.match(/ *[^ ]+/g) ?? []) : text.map((word, index) => (index === 0 ? word : ` ${word}`));
  const lines = [words[0] ?? ''];
  for (const word of words.slice(1)) {
    const longer = `${lines.at(-1)}${word}`;
    if (longer.length + end.length <= width) lines[lines.length - 1] = longer;
    else lines.push(`${indent}${word.trimStart()}`);
  }
  return lines.map((line, index) => (index < lines.length - 1 ? line + end : line));
};
