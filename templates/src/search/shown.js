// What the switcher and the search page show alike.
import { answer } from "./answer.js";
import { excerpt, finder, marked } from "./excerpts.js";
import { hrefOf, made } from "./files.js";
import { isBroken } from "./shards.js";
import { fold } from "./tokens.js";

const words = vkWords;

/** A phrase of the theme, with what is put into it. */
export function say(key, values) {
  const forms = words[key];
  return ((values?.n === 1 && forms.one) || forms.other || forms).replace(/\{(\w+)\}/g, (_, name) => values[name].toLocaleString(document.documentElement.lang));
}

export const dot = (type) => made("span", { className: "dot t-" + type.toLowerCase().replace(/ /g, "-") });

const lit = (pieces) => pieces.map(([text, isMarked]) => (isMarked ? made("mark", {}, text) : text));

/** How notes are shown: a function that gives the parts of one, in which what was asked is marked. */
export function shower({ words, name }) {
  const find = finder(words);
  const light = (text) => lit(marked(text, find(text)));
  const worth = (one) => new Set(find(one).map(([, , word]) => word)).size + (fold(one) === name);
  return ([url, title, type, aliases, folder, , sections]) => {
    const alias = aliases.reduce((best, one) => (worth(one) > worth(best) ? one : best), title);
    const [heading, slug, pieces] = excerpt(sections, find);
    return {
      type, folder,
      heading: heading === title ? "" : heading,
      href: hrefOf(url),
      title: light(title),
      // The alias that it was found by, where its title has less of what was asked.
      alias: alias === title ? [] : [" ", made("small", {}, ...light(alias))],
      section: hrefOf(url, slug),
      quote: lit(pieces),
    };
  };
}

/** What is to be said of an answer. */
export function said({ query, hits, rest, texts }, text, checked) {
  const [first, , isFull] = hits[0] || [];
  const meant = query.words.filter(({ word, corrections, meant }) => corrections.length && meant.has(first) && !meant.get(first).startsWith(word)).map(({ meant }) => meant.get(first)).join(" ");
  return [
    text && (hits.length ? say("found", { n: hits.length }) : say("nothing")),
    query.isCut && say("cut"),
    meant && say("spelt", { meant }),
    first !== undefined && !isFull && say("some"),
    rest && say("unchecked", { n: checked, rest }),
    (isBroken || texts.includes(null)) && say("broken"),
  ].filter(Boolean).join(" ");
}

/** Answers, one after the other: what is overtaken by what was typed next never comes. */
export function answers() {
  let turn = 0;
  return async (pause, ...how) => {
    const mine = ++turn;
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (mine !== turn) return undefined;
    const found = await answer(...how);
    return mine === turn ? found : undefined;
  };
}
