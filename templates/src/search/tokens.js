// What is a word: `vaultkit/search/tokens.py` in JavaScript; a test compares the two.

/** Words of the index in names only: nearly every text has them. */
export const isStop = (word) => STOP.includes(` ${word} `);

const STOP = " a an and are as at be by for from has have in is it its of on or that the this to was were will with which not but ";
const CJK = "[\\u2e80-\\u2fff\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\uac00-\\ud7af]";
const WORD = `(?:(?!${CJK})[\\p{L}\\p{N}\\u0300-\\u036f])+`;

/** What words are made of: as they stand in a text, with accents and typographic apostrophes, and folded. */
export const RUN = new RegExp(`${CJK}+|${WORD}(?:['’]${WORD})?`, "gu");

const BEGINS_CJK = new RegExp("^" + CJK);

export const isCjk = (run) => BEGINS_CJK.test(run);

/** A text without regard to case, accents, width and ligatures. */
export const fold = (text) => text.normalize("NFKD").toLowerCase().replace(/ß/g, "ss").replace(/ς/g, "σ").normalize("NFKD")
  .replace(/[\u0300-\u036f]/g, "").normalize("NFC").replace(/’/g, "'");

/** A text as its folded runs in order: words as they are written, and CJK whole. */
export const runs = (text) => fold(text).match(RUN) || [];

/** A folded word without its plural or possessive, and no longer than words may be. */
export const stem = (run) => cut(run, 40).replace(/'s$|'/g, "").replace(/(?<=^..+)ies$/u, "y").replace(/(?<=^..+[^sui])s$/u, "");

/** What a run is in the index: its stem; of CJK all pairs of neighbors, or the one character that it is. */
export const parts = (run) => (isCjk(run) ? run.replace(/(?<=.).(?=.)/g, "$&$&").match(/..?/g) : [stem(run)]);

/** The words of a text in order. */
export const wordsOf = (text) => runs(text).flatMap(parts);

/** Runs as the key of a whole name: two spellings of one name have the same. */
export const nameKey = (runs) => cut(runs.map((run) => (isCjk(run) ? run : stem(run))).join(" "), 80);

/** The first so many characters: those beyond U+FFFF count once, as in Python. */
export const cut = (text, n) => (text.length > n ? [...text].slice(0, n).join("") : text);
