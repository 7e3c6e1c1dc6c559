// What is asked. Whatever is typed is a query: `vaultkit/search/query.py` reads it alike.
import { MAX_CHARACTERS, MAX_WORDS } from "./figures.js";
import { cut, fold, isCjk, isStop, nameKey, parts, runs } from "./tokens.js";

/** By operator: how a key of the index begins that says the same of a note. */
const SIGNS = { type: "@", tag: "#", folder: "/", rel: "~" };

const PIECE = /(-?)(?:(type|tag|folder|rel):)?(?:"([^"]*)"?|(\S+))/giu;

/** A query as it is understood: words, phrases, and filters, of which words that are to be away are some. */
export const read = (text) => {
  const kept = cut(text, MAX_CHARACTERS);
  const asked = [];
  const phrases = [];
  const filters = [];
  let isOpen;
  for (const [whole, minus, named = "", quoted, bare] of kept.matchAll(PIECE)) {
    const operator = named.toLowerCase();
    const isWanted = !minus;
    const value = quoted || bare || "";
    if (operator && /[^ #/]/.test(value)) {
      filters.push({ operator, whole, isWanted, key: keyFor(operator, value) });
      continue;
    }
    // An operator that nothing follows yet may be on its way, or is a word like any other.
    const found = runs(operator || value);
    const words = found.flatMap(parts);
    const isPhrase = !bare && words.length > 1;
    if (isPhrase) phrases.push([words.slice(0, MAX_WORDS), isWanted]);
    // The words of a phrase are looked for before its texts are read.
    if (isPhrase === isWanted) for (const key of words) if (minus || !isStop(key)) filters.push({ isWanted, key });
    if (minus || !words.length) continue;
    asked.push(...found);
    isOpen = !!bare;
  }
  const words = asked.flatMap((run, at) => parts(run).map((word) => {
    const isPair = isCjk(run);
    const stops = isStop(word);
    return {
      word,
      corrections: [],
      // `axceils` is one letter from `axcelis`, and its stem isn't.
      written: isPair ? word : run.replace(/'/g, ""),
      isStop: stops,
      mayErr: !isPair && word.length > 3 && !stops,
      // Longer words count too, since it is still being typed, or is one character of a script without spaces.
      isBegun: isPair ? !run[1] : isOpen && !asked[at + 1] && word.length > 1 && !stops,
    };
  }));
  return { words: words.slice(0, MAX_WORDS), name: nameKey(asked), isOpen, phrases, filters, isCut: kept !== text || words.length > MAX_WORDS };
};

/** What a note that passes a filter has in the index. */
export const keyFor = (operator, value) => SIGNS[operator] + fold(value).replace(/^[\s#/]+|[\s/]+$/g, "").replace(/\s+/g, " ");
