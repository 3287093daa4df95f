/**
 * What somebody may have meant by a word that is not known.
 *
 * @module
 */

/** Most mistakes in a word that is still taken for another: two wrong letters, or two swapped pairs. */
const MOST_MISTAKES = 2;

/** Longest word that is compared, in characters: no known one is near to a longer one. */
const LONGEST_WORD = 64;

/** The one of `words` that is spelled most like `word`, if one is close enough to be meant. */
export function closestWord(word: string, words: Iterable<string>): string | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  let best: string | undefined;
  let fewest = Math.min(MOST_MISTAKES, Math.floor(word.length / 2)) + 1;
  for (const it of words) {
    const mistakes = countMistakes(word.toLowerCase(), it.toLowerCase());
    if (mistakes < fewest) [best, fewest] = [it, mistakes];
  }
  return best;
}

/** `; did you mean "…"?`, or nothing where no word is close. */
export function didYouMean(word: string, words: Iterable<string>): string {
  const meant = closestWord(word, words);
  return meant === undefined ? "" : `; did you mean "${meant}"?`;
}

/** The optimal string alignment distance: letters left out, added, replaced, or swapped in pairs. */
function countMistakes(a: string, b: string): number {
  let [before, last]: [number[], number[]] = [
    [],
    Array.from({ length: b.length + 1 }, (_, j) => j),
  ];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const replaced = last[j - 1]! + (isSame ? 0 : 1);
      const swapped = isSwapped ? before[j - 2]! + 1 : Infinity;
      row.push(Math.min(replaced, swapped, last[j]! + 1, row[j - 1]! + 1));
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}
