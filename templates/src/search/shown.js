// What the switcher and the search page show alike.
import { answer } from "./answer.js";
import { excerpt, finder, marked, nWords } from "./excerpts.js";
import { made, root } from "./files.js";
import { isBroken } from "./shards.js";
import { fold } from "./tokens.js";

/** The phrases of the theme, in the order of `SEARCH_WORDS` in `vaultkit/site/frame.py`. */
const [ALL, BROKEN, CLOSE, FOUND, KEYS, NOTHING, PLACEHOLDER, SOME, SPELT, UNCHECKED] = vkWords;
export { ALL, CLOSE, KEYS, PLACEHOLDER };

/** A phrase, with what is put into it; nothing where there is none. */
export const say = (phrase = "", values) => phrase.replace(/\{(\w+)\}/g, (_, name) => shownNumber(values[name]));

/** A number as readers of the site write it; texts stay what they are. */
export const shownNumber = (value) => value.toLocaleString(document.documentElement.lang);

export const dot = (type) => made("span", { className: "dot t-" + type.toLowerCase().replaceAll(" ", "-") });

/** What is shown of the notes of an answer: `[type, href, title, alias, quote, folder, heading, href of the section]`, what was asked being marked. */
export const shown = ({ query, texts }) => {
  const find = finder(query.words);
  const light = (text) => marked(text, find(text));
  const worth = (one) => nWords(find(one)) + (fold(one) === query.name);
  return texts.map(([url, title, type, aliases, folder, , sections]) => {
    const alias = aliases.reduce((best, one) => (worth(one) > worth(best) ? one : best), title);
    const [heading, slug, quote] = excerpt(sections, find);
    // Whatever the index says, it leads nowhere else than to pages of the site.
    const href = root + encodeURIComponent(url).replaceAll("%2F", "/");
    return [
      type, href, light(title),
      // The alias that it was found by, where its title has less of what was asked.
      alias === title ? "" : made("small", {}, ...light(alias)),
      made("span", { className: "quote" }, ...quote),
      folder, heading === title ? "" : heading, href + "#" + encodeURIComponent(slug),
    ];
  });
};

/**
 * Say what is to be said of an answer for which only so many texts were read.
 *
 * Some of it is said on the search page only, where an attribute has the phrase.
 */
export const tell = (status, { query, hits, rest }, text, n) => {
  const [first, , isFull] = hits[0] || [];
  // What begins otherwise than it was typed is a correction.
  const meant = query.words.flatMap(({ word, best }) => {
    const [, term] = best.get(first) || [0, word];
    return term.startsWith(word) ? [] : term;
  }).join(" ");
  status.textContent = [
    text && say(hits[0] ? FOUND : NOTHING, { n: hits.length }),
    query.isCut && status.dataset.cut,
    meant && say(SPELT, { meant }),
    hits[0] && !isFull && SOME,
    rest && say(UNCHECKED, { n, rest }),
    isBroken && BROKEN,
  ].filter(Boolean).join(" ");
};

let turn = 0;

/** An answer after a pause, or nothing: what is overtaken by what was typed next never comes. */
export const ask = async (pause, ...how) => {
  const mine = ++turn;
  await new Promise((resolve) => setTimeout(resolve, pause));
  const found = mine === turn && await answer(...how);
  return mine === turn && found;
};
