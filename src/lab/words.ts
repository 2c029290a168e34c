// Text between a person and the lab: what was probably meant, what a shell takes, what a screen can show.

/** The name that `wanted` was probably meant to be: one that contains it, or is a few letters away. */
export const nearestName = (wanted: string, names: readonly string[]): string | undefined =>
  names.find((name) => name.includes(wanted) || distance(name, wanted) <= 3);

/** Levenshtein distance. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
};

/** `word` as a shell takes it. */
export const quote = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** What a guest printed, without its carriage returns, and without what would control a terminal. */
export const printable = (text: string): string => text.replace(/[^\n\t -~\u0080-\uffff]/g, (code) => (code === '\r' ? '' : '\ufffd'));
