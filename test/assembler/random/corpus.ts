// Programs with NASM's bytes ↔ one text, a line each: both in JSON, the source with a character for each byte, the bytes in hexadecimal.

export interface Agreed {
  readonly source: string;
  readonly bytes: Uint8Array;
}

export const CORPUS = 'test/assembler/golden/random.txt';

export const writeCorpus = (programs: readonly Agreed[]): string =>
  programs.map(({ source, bytes }) => `${JSON.stringify([source, Buffer.from(bytes).toString('hex')])}\n`).join('');

export const readCorpus = (text: string): Agreed[] =>
  text.trim().split('\n').map((line) => {
    const [source, bytes] = JSON.parse(line) as [string, string];
    return { source, bytes: Buffer.from(bytes, 'hex') };
  });
