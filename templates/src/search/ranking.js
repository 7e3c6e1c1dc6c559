// Which notes answer a query, the best first: `vaultkit/search/ranking.py` makes the same sums over the same shards.
import { BEGUN, LEAVES_BEGUN, LEAVES_MISSPELT, MAX_CORRECTIONS, MAX_DOUBTED, MAX_TERMS, MISSPELT, NAME, NAME_BEGUN, NAME_MISSPELT, SATURATION, WHOLE_WORDS } from "./figures.js";
import { entries, leaves, leavesOf, nNotes, notesOf } from "./shards.js";
import { wordsOf } from "./tokens.js";

/**
 * The notes that a query finds: `[id, score, isFull]`.
 *
 * The query's words then have `terms`, what they found in the index, `corrections` where they were taken for others,
 * and `best`: by note, what they are worth in it, and by which term. It is told whether what is meant is clear.
 */
export const rank = async (query) => {
  const { words, name, isOpen, filters } = query;
  if (!words.length) {
    const first = filters.find(({ isWanted }) => isWanted);
    return first ? [...await notesOf(first.key)].map((id) => [id, 0, true]) : [];
  }
  // What is called so is asked for at once, and needed last.
  const called = named(name, 1, isOpen, LEAVES_BEGUN - 1);
  await Promise.all(words.map(async (each) => {
    const { word, isBegun } = each;
    each.terms = (await entries(leavesOf(word, isBegun && LEAVES_BEGUN), (term) => isBegun ? term.startsWith(word) : term === word))
      .map(([term, postings]) => [term, term === word ? 1 : BEGUN * Math.sqrt(word.length / term.length), postings]);
  }));
  const n = words.filter(({ isStop }) => !isStop).length;
  const unknown = words.filter(({ terms }) => !terms.length);
  await correct(unknown.filter(({ mayErr }) => mayErr));
  let notes = scored(words);
  if (n > 1 && [...notes.values()].every(([, matched]) => matched < n)) {
    // A misspelt word may be a word: then no note has all of them, and those that few have are doubted.
    const often = ({ terms }) => Math.max(...terms.map(([, , postings]) => postings.length));
    await correct(words.filter(({ mayErr, terms }) => mayErr && terms.length).sort((a, b) => often(a) - often(b)).slice(0, MAX_DOUBTED));
    notes = scored(words);
  }
  const others = words.flatMap(({ word, corrections }) => corrections.slice(0, MAX_CORRECTIONS).map(([term]) => named(name.replace(word, term), NAME_MISSPELT, isOpen)));
  // Of all names the worthiest counts, which comes last.
  const names = new Map((await Promise.all([called, ...others])).flat().sort(([, a], [, b]) => a - b));
  for (const [id, worth] of names) notes.set(id, [(notes.get(id)?.[0] || 0) + worth, n]);
  query.isClear = names.size || unknown.length;
  return [...notes].map(([id, [score, matched]]) => {
    const share = n ? matched / n : 1;
    return [id, score * (share * share), share === 1];
  }).sort(byScore);
};

/** Best first. What differs by less than logarithms do from one machine to another is equal. */
export const byScore = ([id, a], [other, b]) => Math.round(b * 1e6) - Math.round(a * 1e6) || id - other;

const isSigned = (key) => /^[#/=@~]/.test(key);

const sorted = (word) => [...word].sort().join();

/** Find the words that are one letter away, in those shards that can hold them. */
const correct = (words) => Promise.all(words.map(async ({ word, written, terms, corrections }) => {
  const near = [];
  for (const leaf of leaves.filter((leaf) => !isSigned(leaf))) {
    const n = leaf.length;
    const [shorter, start, longer] = [-1, 0, 1].map((more) => isNear(word.slice(0, n + more), leaf));
    // What begins so once a letter is taken out, or two change places, is in few shards, so that these come first.
    const isSwapped = start && sorted(word.slice(0, n)) === sorted(leaf);
    const rank = word.startsWith(leaf) ? 0 : (longer && word.length > n) || isSwapped ? 1 : start || shorter ? (word[0] === leaf[0] ? 2 : 3) : 4;
    if (rank < 4) near.push([rank * 99 - n, leaf]);
  }
  near.sort(([a], [b]) => a - b);
  const isMeant = (term) => !isSigned(term) && (isNear(word, term) || isNear(written, term)) && !terms.some(([known]) => known === term);
  corrections.push(...(await entries(near.slice(0, LEAVES_MISSPELT).map(([, leaf]) => leaf), isMeant)).map(([term, postings]) => [term, MISSPELT, postings]));
}));

/** Whether one letter more, less, another, or two that changed places, make one word of the other. */
export const isNear = (a, b) => {
  // What both begin with doesn't count.
  while (a && a[0] === b[0]) [a, b] = [a.slice(1), b.slice(1)];
  const [c, d] = [a.slice(1), b.slice(1)];
  return c === d || a === d || c === b || (c[0] === b[0] && d[0] === a[0] && c.slice(1) === d.slice(1));
};

/** What each note is worth by its words, and how many of them it has; words that nearly all have don't count. */
const scored = (words) => {
  const notes = new Map();
  for (const each of words) {
    const best = each.best = new Map();
    for (const [term, weight, postings] of [...each.terms, ...each.corrections].sort(([, a], [, b]) => b - a).slice(0, MAX_TERMS)) {
      const n = postings.length;
      const factor = weight * Math.log(1 + (nNotes - n + 0.5) / (n + 0.5)) * (SATURATION + 1);
      for (const [id, level] of postings) {
        const value = 0.2 * 2 ** (level / 2);
        const worth = factor * value / (value + SATURATION);
        if (worth > (best.get(id)?.[0] || 0)) best.set(id, [worth, term]);
      }
    }
    for (const [id, [worth]] of best) {
      const [score, matched] = notes.get(id) || [0, 0];
      notes.set(id, [score + worth, matched + !each.isStop]);
    }
  }
  return notes;
};

/** What notes are worth that are called so, or whose name begins so: `[id, worth]`, for each of their names. */
const named = async (name, weight, isOpen, most) => (await entries(leavesOf(name, most, " "), (key) => key.startsWith("=" + name))).flatMap(([key, postings]) => {
  const next = key[name.length + 1];
  const worth = next ? NAME_BEGUN * name.length / (key.length - 1) * (next === " " ? WHOLE_WORDS : 1) : NAME;
  return !next || next === " " || isOpen ? postings.map(([id, level]) => [id, weight * (worth + level / 30)]) : [];
});

/** How many of the words, from the first on, stand side by side in what is shown of a note. */
export const longestRun = (text, asked) => {
  const pieces = text ? [text[1], ...text[3], ...text[6].flat()] : [];
  const lines = pieces.map((piece) => ` ${wordsOf(piece).join(" ")} `).join("\n");
  return asked.findLastIndex((_, at) => lines.includes(` ${asked.slice(0, at + 1).join(" ")} `)) + 1;
};
