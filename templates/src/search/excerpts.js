// What is shown of a note that was found: which sentences, and what in them is marked.
import { fold, isCjk, parts, stem, WRITTEN } from "./tokens.js";

/** Characters that are shown, and how many of them before the first mark. */
const WINDOW = 220;
const BEFORE = 90;

/** Where in a text the words of a query stand: a function that gives `[start, end, word]…`. */
export function finder(words) {
  const known = new Map();
  /** The word of the query that a written one counts as. */
  const match = (written) => {
    const word = stem(fold(written));
    if (!known.has(word)) known.set(word, words.findIndex((asked) => asked.word === word || (asked.isBegun && word.startsWith(asked.word)) || asked.corrections.some(([term]) => term === word)));
    return known.get(word);
  };
  return (text) => [...text.matchAll(WRITTEN)].flatMap(({ 0: written, index }) => {
    const pieces = isCjk(written) ? parts(written).flatMap((part, at) => [[part, at], [part[0], at]]) : [[written, 0]];
    return pieces.map(([piece, at]) => [index + at, index + at + piece.length, match(piece)]);
  }).filter(([, , word]) => word >= 0);
}

/** A text as pieces, `[text, isMarked]`; marks that stand side by side are one. */
export function marked(text, places, from = 0, to = text.length) {
  const pieces = [];
  for (const [start, end] of places) {
    if (start < from || end > to) continue;
    if (pieces.length && start - from < 2) pieces.at(-1)[0] += text.slice(from, end);
    else pieces.push([text.slice(from, start)], [text.slice(start, end), true]);
    from = end;
  }
  return [...pieces, [text.slice(from, to)]];
}

/** The lines that answer best, `[heading, slug, pieces]`: the beginning where none does. */
export function excerpt(sections, find) {
  let best = ["", "", "", [], 0];
  let most = -1;
  for (const [heading, slug, text] of sections) {
    const places = find(text);
    for (const [first] of [...places.slice(0, 200), [0]]) {
      // How many of the words are there, and how many side by side.
      const near = places.filter(([start, end]) => start >= first && end - first <= WINDOW);
      const worth = new Set(near.map(([, , word]) => word)).size + near.filter(([start, , word], at) => at && word - near[at - 1][2] === 1 && start - near[at - 1][1] < 3).length;
      if (text && worth > most) {
        most = worth;
        best = [heading, slug, text, places, first];
      }
    }
  }
  const [heading, slug, text, places, first] = best;
  // From the beginning of a sentence or line on, or of a word; tags that the note begins with are left out.
  const from = Math.max(0, first - BEFORE);
  const skipped = /^[^]*([.!?。]\s|\n)\s*|^\S*\s/.exec(from ? text.slice(from, first) : "");
  const start = from ? from + (skipped ? skipped[0].length : 0) : /^(#\S+\s+)*/.exec(text)[0].length;
  const end = text.length - start > WINDOW ? Math.max(first + 40, text.lastIndexOf(" ", start + WINDOW)) : text.length;
  return [heading, slug, [[from && !skipped?.[1] ? "… " : ""], ...marked(text, places, start, end), [end < text.length ? " …" : ""]]];
}
