// A name that is none → the one that was probably meant. The only place that guesses: commands, options, scenarios, knobs, symbols.

/** Where a - is written for a _, or a capital for a small letter, the name is the same to a person. */
const plain = (name: string): string => name.toLowerCase().replaceAll('-', '_');

/** So many letters may be wrong in a name of this length. */
const allowed = (length: number): number => Math.min(3, Math.ceil(length / 4));

/** What shorter words than this are contained in says nothing. */
const LEAST_PART = 3;

/** The one of `names` that is the fewest letters away; else the first that contains `wanted`; else undefined. */
export const nearestName = (wanted: string, names: Iterable<string>): string | undefined => {
  const word = plain(wanted);
  let least = allowed(word.length) + 1;
  let nearest: string | undefined;
  let related: string | undefined;
  for (const name of names) {
    const candidate = plain(name);
    if (Math.abs(candidate.length - word.length) < least) {
      const letters = distance(candidate, word);
      if (letters < least) [least, nearest] = [letters, name];
    }
    if (word.length >= LEAST_PART && candidate.includes(word)) related ??= name;
  }
  return nearest ?? related;
};

/** The end of a message about a name that is none: `; did you mean 'soft-spin'?`, or nothing. `show` puts the name into its context. */
export const didYouMean = (wanted: string, names: Iterable<string>, show = (name: string): string => name): string => {
  const near = nearestName(wanted, names);
  return near === undefined ? '' : `; did you mean '${show(near)}'?`;
};

/** Letters to insert, delete, replace, or exchange with the next (optimal string alignment). */
const distance = (a: string, b: string): number => {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    [before, row] = [row, next];
  }
  return row[b.length];
};
