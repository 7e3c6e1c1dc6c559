// Which notes answer a query, the best first: `vaultkit/search/ranking.py` makes the same sums over the same shards.
import { fetched, leafOf, leaves, nNotes, notesOf, scan, under, valueOf } from "./shards.js";
import { wordsOf } from "./tokens.js";

const SATURATION = 1;
const BEGUN = 0.6;
const MISSPELT = 0.5;
const NAME = 30;
const NAME_BEGUN = 14;
const WHOLE_WORDS = 1.6;
const NAME_MISSPELT = 0.6;

const LEAVES_BEGUN = 4;
const LEAVES_MISSPELT = 16;
const MAX_TERMS = 40;
const MAX_CORRECTIONS = 5;
const MAX_DOUBTED = 2;

/**
 * The notes that a query finds: `[id, score, isFull]`.
 *
 * The query's words then have `terms`, what they found in the index, and `corrections` where they were taken for others.
 */
export async function rank(query) {
  const { words, name, isOpen, filters } = query;
  if (!words.length) {
    const first = filters.find(({ isNot }) => !isNot);
    return first ? [...(await notesOf(first.key))].map((id) => [id, 0, true]).sort(byScore) : [];
  }
  const leavesOf = ({ word, isBegun }) => [leafOf(word), ...(isBegun ? under(word, LEAVES_BEGUN) : [])];
  const nameLeaves = [leafOf(name + " "), ...under(name, LEAVES_BEGUN - 1)];
  await fetched([...nameLeaves, ...words.flatMap(leavesOf)]);
  for (const each of words) {
    const { word, isBegun } = each;
    each.terms = [];
    each.corrections = [];
    for (const leaf of new Set(leavesOf(each))) {
      scan(leaf, isBegun ? word : word + "\t", (term, postings) => {
        each.terms.push([term, term === word ? 1 : BEGUN * Math.sqrt(word.length / term.length), postings]);
      });
    }
  }
  const n = words.filter(({ isStop }) => !isStop).length;
  const fixable = words.filter(({ mayErr }) => mayErr);
  await correct(fixable.filter(({ terms }) => !terms.length));
  let [scores, matched] = scored(words);
  if (n > 1 && Math.max(0, ...matched.values()) < n) {
    // A misspelt word may be a word: then no note has all of them, and those that few have are doubted.
    const doubted = fixable.filter(({ terms }) => terms.length).map((word) => [Math.max(...word.terms.map(([, , postings]) => postings().length)), word]);
    await correct(doubted.sort(([a], [b]) => a - b).slice(0, MAX_DOUBTED).map(([, word]) => word));
    [scores, matched] = scored(words);
  }
  const names = await named(words, name, isOpen, nameLeaves);
  query.isNamed = names.size > 0;
  for (const [id, worth] of names) {
    scores.set(id, (scores.get(id) || 0) + worth);
    matched.set(id, n);
  }
  return [...scores].map(([id, score]) => {
    const share = n ? (matched.get(id) || 0) / n : 1;
    return [id, score * (share * share), share === 1];
  }).sort(byScore);
}

/** Best first. What differs by less than logarithms do from one machine to another is equal. */
const byScore = ([id, a], [other, b]) => Math.floor(b * 1e6 + 0.5) - Math.floor(a * 1e6 + 0.5) || id - other;

const SIGNED = /^[#/=@~]/;

const sorted = (word) => [...word].sort().join();

/** Find the words that are one letter away, in those shards that can hold them. */
const correct = (words) => Promise.all(words.map(async (each) => {
  const { word, written } = each;
  const near = [];
  for (const leaf of leaves) {
    const n = leaf.length;
    const [shorter, start, longer] = [-1, 0, 1].map((more) => isNear(word.slice(0, n + more), leaf));
    // What begins so once a letter is taken out, or two change places, is in few shards, so that these come first.
    const isSwapped = start && sorted(word.slice(0, n)) === sorted(leaf);
    const rank = word.startsWith(leaf) ? 0 : (longer && word.length > n) || isSwapped ? 1 : start || shorter ? (word[0] === leaf[0] ? 2 : 3) : 4;
    if (rank < 4 && !SIGNED.test(leaf)) near.push([rank * 99 - n, leaf]);
  }
  const chosen = near.sort(([a], [b]) => a - b).slice(0, LEAVES_MISSPELT).map(([, leaf]) => leaf);
  await fetched(chosen);
  for (const leaf of chosen) {
    scan(leaf, "", (term, postings) => {
      if (!SIGNED.test(term) && !each.terms.some(([known]) => known === term) && (isNear(word, term) || isNear(written, term))) each.corrections.push([term, MISSPELT, postings]);
    });
  }
}));

/** Whether one letter more, less, another, or two that changed places, make one word of the other. */
export function isNear(a, b) {
  const more = a.length - b.length;
  if (more > 1 || more < -1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const same = (i, j) => a.slice(at + i) === b.slice(at + j);
  if (more) return more > 0 ? same(1, 0) : same(0, 1);
  return same(1, 1) || (a[at] === b[at + 1] && a[at + 1] === b[at] && same(2, 2));
}

/** What each note is worth by its words, and how many of them it has; words that nearly all have don't count. */
function scored(words) {
  const scores = new Map();
  const matched = new Map();
  for (const each of words) {
    const best = new Map();
    // By which word a note was found, for whoever tells the reader.
    each.meant = new Map();
    const terms = [...each.terms, ...each.corrections];
    if (terms.length > MAX_TERMS) terms.sort(([, a], [, b]) => b - a).length = MAX_TERMS;
    for (const [term, weight, postings] of terms) {
      const list = postings();
      const n = list.length;
      const factor = weight * Math.log(1 + (nNotes - n + 0.5) / (n + 0.5)) * (SATURATION + 1);
      for (const [id, level] of list) {
        const worth = factor * valueOf(level) / (valueOf(level) + SATURATION);
        if (worth <= (best.get(id) || 0)) continue;
        best.set(id, worth);
        each.meant.set(id, term);
      }
    }
    for (const [id, score] of best) {
      scores.set(id, (scores.get(id) || 0) + score);
      if (!each.isStop) matched.set(id, (matched.get(id) || 0) + 1);
    }
  }
  return [scores, matched];
}

/** What notes are worth that are called so, or whose name begins so: the best of their names counts. */
async function named(words, name, isOpen, nameLeaves) {
  const best = new Map();
  const asked = [[name, 1, nameLeaves]];
  for (const { word, corrections } of words) {
    for (const [term] of corrections.slice(0, MAX_CORRECTIONS)) {
      const other = name.replace(word, term);
      asked.push([other, NAME_MISSPELT, [leafOf(other + " ")]]);
    }
  }
  await fetched(asked.flatMap(([, , leaves]) => leaves));
  for (const [wanted, weight, leaves] of asked) {
    for (const leaf of new Set(leaves)) {
      scan(leaf, "=" + wanted, (key, postings) => {
        const next = key[wanted.length + 1];
        if (next && next !== " " && !isOpen) return;
        const worth = next ? NAME_BEGUN * wanted.length / (key.length - 1) * (next === " " ? WHOLE_WORDS : 1) : NAME;
        for (const [id, level] of postings()) best.set(id, Math.max(best.get(id) || 0, weight * (worth + level / 30)));
      });
    }
  }
  return best;
}

/** Hits in the order that their texts suggest: where the words stand side by side, the note is meant. */
export function nearer(hits, texts, asked) {
  if (asked.length < 2) return hits;
  return hits.map(([id, score, isFull], at) => {
    const run = longestRun(texts[at], asked);
    return [id, score * (1 + (run === asked.length ? 2 : run > 1 ? 0.3 * (run / asked.length) : 0)), isFull];
  }).sort(byScore);
}

/** How many of the words, from the first on, stand side by side in what is shown of a note. */
export function longestRun(text, asked) {
  let longest = 0;
  for (const piece of text ? [text[1], ...text[3], ...text[6].flat()] : []) {
    const words = wordsOf(piece);
    for (let at = -1; (at = words.indexOf(asked[0], at + 1)) >= 0;) {
      let n = 1;
      while (n < asked.length && words[at + n] === asked[n]) n++;
      longest = Math.max(longest, n);
    }
  }
  return longest;
}
