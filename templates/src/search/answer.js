// A question from beginning to end: read, ranked, filtered, and the first of the texts looked at.
import { CHECKED, NEAR } from "./figures.js";
import { read } from "./query.js";
import { byScore, longestRun, rank } from "./ranking.js";
import { load, notesOf, open } from "./shards.js";

/** What is shown of notes: `[url, title, type, aliases, folder, tags, [[heading, slug, text]…]]` each, if it can be had. */
const textsOf = (hits) => Promise.all(hits.map(([id]) => load("t/" + id.toString(32))));

/**
 * The answer to what was typed, with the texts of the first so many hits.
 *
 * Of `rest` more notes that have the words of a phrase nothing is known, since only so many were checked.
 */
export const answer = async (text, most, checked = CHECKED) => {
  const query = read(text);
  const { filters, phrases, words } = query;
  await open();
  const ranked = await rank(query);
  const sets = await Promise.all(filters.map(({ key }) => notesOf(key)));
  /** The notes that pass all filters but those of an operator: where some have all words, others are of no use. */
  const passing = (but = "") => {
    const passed = ranked.filter(([id]) => filters.every(({ isWanted, operator }, at) => operator === but || sets[at].has(id) === isWanted));
    return passed.some(([, , isFull]) => isFull) ? passed.filter(([, , isFull]) => isFull) : passed;
  };
  let hits = passing();
  let rest = 0;
  if (phrases[0]) {
    rest = hits.splice(checked).length;
    const texts = await textsOf(hits);
    hits = hits.filter((_, at) => phrases.every(([phrase, isWanted]) => (longestRun(texts[at], phrase) === phrase.length) === isWanted));
  }
  const asked = words.map(({ word }) => word);
  let nearest = hits;
  for (const n of asked[1] && most ? [NEAR, checked] : []) {
    const near = hits.slice(0, n);
    const lengths = (await textsOf(near)).map((text) => longestRun(text, asked));
    // Where the words stand side by side, the note is meant.
    const factor = (length) => 1 + (length === asked.length ? 2 : length > 1 ? 0.3 * (length / asked.length) : 0);
    nearest = [...near.map(([id, score, isFull], at) => [id, score * factor(lengths[at]), isFull]).sort(byScore), ...hits.slice(n)];
    // One of the next may have all words side by side, unless a name or a slip is meant.
    if (query.isClear || lengths.includes(asked.length)) break;
  }
  return { query, hits: nearest, texts: (await textsOf(nearest.slice(0, most))).filter(Boolean), rest, passing };
};
