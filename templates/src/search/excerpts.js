// What is shown of a note that was found: which sentences, and what in them is marked.
import { SHOWN, WINDOW } from "./figures.js";
import { made } from "./files.js";
import { fold, isCjk, RUN, stem } from "./tokens.js";

/** Where in a text the words of a query stand: a function that gives `[start, end, word]…`. */
export const finder = (words) => {
  const known = new Map(words.flatMap(({ word, terms, corrections }, at) => [[word], ...terms, ...corrections].map(([term]) => [term, at])));
  return (text) => [...text.matchAll(RUN)].flatMap(({ 0: run, index }) => {
    const pieces = isCjk(run) ? [...run].flatMap((char, at) => [[run.slice(at, at + 2), at], [char, at]]) : [[run, 0]];
    return pieces.map(([piece, at]) => [index + at, index + at + piece.length, known.get(stem(fold(piece)))]);
  }).filter(([, , word]) => word >= 0);
};

/** A text as nodes, in which places are marked; marks that stand side by side are one. */
export const marked = (text, places, from = 0, to) => {
  const nodes = [];
  for (const [start, end] of places) {
    if (start < from || end > to) continue;
    if (nodes[1] && start - from < 2) nodes.at(-1).append(text.slice(from, end));
    else nodes.push(text.slice(from, start), made("mark", {}, text.slice(start, end)));
    from = end;
  }
  return [...nodes, text.slice(from, to)];
};

/** How many of the words stand in some places. */
export const nWords = (places) => new Set(places.map(([, , word]) => word)).size;

/** The lines that answer best, `[heading, slug, nodes]`: the beginning where none does. */
export const excerpt = (sections, find) => {
  let best = ["", "", []];
  let most = -1;
  for (const [heading, slug, whole] of sections) {
    // Tags that a note begins with are told elsewhere.
    const text = whole.replace(/^(#\S+\s+)+/, "");
    const places = find(text);
    for (const [first] of [...places.slice(0, 200), [0]]) {
      // How many of the words are there, and how many side by side.
      const near = places.filter(([start, end]) => start >= first && end - first <= WINDOW);
      const worth = nWords(near) + near.filter(([, , word], at) => word - near[at - 1]?.[2] === 1).length;
      if (!text || worth <= most) continue;
      most = worth;
      // From the beginning of the sentence or line on, or of a word that isn't too far before.
      const start = text.slice(0, first).search(/(?<![^\s。])(?:[^.!?。\n]|\.\b){0,90}$|$/);
      best = [heading, slug, [start ? "… " : "", ...marked(text, places, start, start + SHOWN)]];
    }
  }
  return best;
};
