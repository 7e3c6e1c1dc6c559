// What is asked. Whatever is typed is a query: `vaultkit/search/query.py` reads it alike.
import { cut, fold, isCjk, isStop, nameKey, parts, runs } from "./tokens.js";

const MAX_CHARACTERS = 400;
const MAX_WORDS = 32;

/** By operator: how a key of the index begins that says the same of a note. */
export const SIGNS = { type: "@", tag: "#", folder: "/", rel: "~" };

const PIECE = /(-?)(?:(type|tag|folder|rel):)?(?:"([^"]*)"?|(\S+))/giu;

/** A query as it is understood: words, phrases, and filters, of which words that are to be away are some. */
export function read(text) {
  const kept = cut(text, MAX_CHARACTERS);
  const asked = [];
  const phrases = [];
  const filters = [];
  let isDone;
  for (const [whole, minus, named = "", quoted, bare] of kept.matchAll(PIECE)) {
    const operator = named.toLowerCase();
    const isNot = !!minus;
    let value = quoted || bare || "";
    if (operator && /[^ #/]/.test(value)) {
      filters.push({ operator, whole, isNot, key: keyFor(operator, value) });
      continue;
    }
    // Nothing follows yet: it may be on its way, or a word like any other.
    value = operator || value;
    const found = runs(value);
    const words = found.flatMap(parts);
    const isPhrase = !bare && words.length > 1;
    if (isPhrase) phrases.push([words.slice(0, MAX_WORDS), isNot]);
    // The words of a phrase are looked for before its texts are read.
    if (isPhrase ? !isNot : isNot) for (const key of words) if (isNot || !isStop(key)) filters.push({ isNot, key });
    if (isNot || !words.length) continue;
    asked.push(...found);
    isDone = !bare;
  }
  const words = asked.flatMap((run, at) => parts(run).map((word) => {
    const isPair = isCjk(run);
    return {
      word,
      // `axceils` is one letter from `axcelis`, and its stem isn't.
      written: isPair ? word : run.replace(/'/g, ""),
      isStop: isStop(word),
      mayErr: !isPair && word.length > 3 && !isStop(word),
      // Longer words count too, since it is still being typed, or is one character of a script without spaces.
      isBegun: isPair ? !run[1] : !isDone && at === asked.length - 1 && word.length > 1 && !isStop(word),
    };
  }));
  return { words: words.slice(0, MAX_WORDS), name: nameKey(asked), isOpen: !isDone, phrases, filters, isCut: kept !== text || words.length > MAX_WORDS };
}

/** What a note that passes a filter has in the index. */
export const keyFor = (operator, value) => SIGNS[operator] + fold(value).replace(/^[\s#/]+|[\s/]+$/g, "").replace(/\s+/g, " ");
