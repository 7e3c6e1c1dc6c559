// A question from beginning to end: read, ranked, filtered, and the first of the texts looked at.
import { read } from "./query.js";
import { longestRun, nearer, rank } from "./ranking.js";
import { load, notesOf, open } from "./shards.js";

/** How many texts are read at a time, to see which hold a phrase. */
export const CHECKED = 32;

/** How many texts tell the order, and how many if none of these has the words side by side. */
const [NEAR, FARTHER] = [8, 32];

/** What is shown of notes: `[url, title, type, aliases, folder, tags, [[heading, slug, text]…]]` each, or null. */
const textsOf = (hits) => Promise.all(hits.map(([id]) => load("t/" + id.toString(32))));

/**
 * The answer to what was typed, with the texts of the first so many hits.
 *
 * Of `rest` more notes that have the words of a phrase nothing is known, since only so many were checked.
 */
export async function answer(text, most, checked = CHECKED, farther = FARTHER) {
  const query = read(text);
  await open();
  const ranked = await rank(query);
  const { filters, phrases, words } = query;
  const sets = await Promise.all(filters.map(({ key }) => notesOf(key)));
  /** The notes that pass all filters but those of an operator. */
  const passing = (but) => ranked.filter(([id]) => filters.every(({ isNot, operator }, at) => (but && operator === but) || sets[at].has(id) !== isNot));
  let hits = passing();
  const all = hits;
  // Where notes have all words, those that have but some of them are of no use.
  if (hits.some(([, , isFull]) => isFull)) hits = hits.filter(([, , isFull]) => isFull);
  let rest = 0;
  if (phrases.length) {
    rest = Math.max(0, hits.length - checked);
    hits = hits.slice(0, checked);
    const texts = await textsOf(hits);
    hits = hits.filter((_, at) => phrases.every(([phrase, isNot]) => (longestRun(texts[at], phrase) === phrase.length) !== isNot));
  }
  const asked = words.map(({ word }) => word);
  let near = asked.length > 1 && most ? hits.slice(0, NEAR) : [];
  let texts = await textsOf(near);
  // One of the next may have all words side by side, unless a name or a slip is meant.
  const isFar = near.length && !query.isNamed && words.every(({ terms }) => terms.length) && !texts.some((text) => longestRun(text, asked) === asked.length);
  if (isFar) texts = await textsOf(near = hits.slice(0, farther));
  const nearest = [...nearer(near, texts, asked), ...hits.slice(near.length)];
  return { query, all, hits: nearest, texts: await textsOf(nearest.slice(0, most)), rest, passing };
}
