// The search page: results with what they say, and filters. What is asked stands in the address.
import { CHECKED, MAX_CHOICES, MAX_LEAVES, PAGED, PAUSE } from "./search/figures.js";

const { ask, dot, entries, keyFor, leavesOf, made, notesOf, shown, shownNumber, tell } = self.vkSearch;

const [input, status, list, more, check] = ["query", "said", "results", "more", "check"].map((id) => document.getElementById("vk." + id));
const { title } = document;

/** Types by key: their names and dots, as the page came; and the keys of one of a type, which mean the same. */
const types = new Map();
const plurals = new Map();
for (const { dataset: { name, one }, firstElementChild } of document.querySelectorAll("[data-name]")) {
  const key = keyFor("type", name);
  types.set(key, [name, firstElementChild]);
  plurals.set(keyFor("type", one), key);
}

/** How many notes are shown, and read to see which have a phrase. */
let n, checked;

/** A note with its names, where it lies, and the lines that answer. */
const result = ([type, href, title, alias, quote, folder, heading, section]) => made("li", {},
  made("p", { className: "crumbs" }, dot(type), made("span", {}, folder.replaceAll("/", " / "))),
  made("h2", {}, made("a", { href }, ...title), " ", alias),
  quote,
  heading && made("a", { className: "at", href: section }, heading),
);

/** What the field holds. */
const asked = () => input.value.trim();

const fill = async (pause) => {
  const text = asked();
  const found = await ask(pause, text, n, checked);
  if (!found) return;
  document.title = text ? `${text} — ${title}` : title;
  tell(status, found, text, checked);
  list.replaceChildren(...shown(found).map(result));
  more.hidden = found.hits.length <= n;
  check.hidden = !found.rest;
  for (const place of document.querySelectorAll("[data-filter]")) offer(place, found);
};

/** Ask for what the field holds now, from the beginning. */
const begin = (pause) => {
  n = PAGED;
  checked = CHECKED;
  fill(pause);
};

const keep = (how) => history[how](null, "", "?q=" + encodeURIComponent(asked()));

const restore = () => {
  input.value = new URLSearchParams(location.search).get("q") || "";
  begin();
};

/** Offer the filters of a kind, with how many results each would leave. */
const offer = async (place, { query, passing, hits, texts }) => {
  const operator = place.dataset.filter;
  const filters = query.filters.filter((one) => one.operator === operator && one.isWanted);
  const active = filters.map(({ key }) => plurals.get(key) || key);
  const among = active[0] ? passing(operator) : hits;
  const names = { type: [...types.values()].map(([name]) => name), folder: texts.flatMap((text) => withParents(text[4])), tag: texts.flatMap((text) => text[5]) }[operator];
  const spelt = new Map(names.map((name) => [keyFor(operator, name), name]));
  // Where they are too many to be counted in all results, those of the texts that are shown have to do.
  const start = keyFor(operator, "");
  const leaves = leavesOf(start, MAX_LEAVES);
  const all = operator === "type" || leaves.length > MAX_LEAVES ? [] : await entries(leaves, (key) => key.startsWith(start));
  const keys = new Set([...active, ...spelt.keys(), ...all.map(([key]) => key)]);
  const counts = await Promise.all([...keys].map(async (key) => {
    const notes = await notesOf(key);
    return [key, among.filter(([id]) => notes.has(id)).length];
  }));
  // A folder that makes a type is offered as that.
  const kept = counts.filter(([key, n]) => active.includes(key) || (n && (operator === "type" || !types.has(key.replace("/", "@"))))).sort(([, n], [, m]) => m - n);
  place.classList.toggle("is-some", !all[0]);
  place.lastElementChild.replaceChildren(...kept.slice(0, MAX_CHOICES).map(([key, n]) => {
    const name = spelt.get(key) || key.slice(1);
    const ariaPressed = active.includes(key);
    const onclick = () => {
      // Of types a note has one, so that another takes its place.
      for (const one of filters) if (one.key === key || operator === "type") input.value = input.value.replace(one.whole, "");
      if (!ariaPressed) input.value = `${asked()} ${operator}:${/[\s"]/.test(name) ? `"${name}"` : name}`;
      input.value = asked();
      keep("pushState");
      begin();
    };
    return made("li", {}, made("button", { ariaPressed, onclick }, types.get(key)?.[1] || "", made("span", {}, operator === "tag" ? "#" + name : name), made("span", { className: "count" }, shownNumber(n))));
  }));
};

const withParents = (folder) => [...folder.matchAll(/\/|$/g)].map(({ index }) => folder.slice(0, index)).filter(Boolean);

more.onclick = () => {
  n += PAGED;
  fill();
};
check.onclick = () => {
  checked += CHECKED;
  fill();
};
input.oninput = () => {
  keep("replaceState");
  begin(PAUSE);
};
input.onkeydown = ({ key, isComposing }) => {
  if (key === "Enter" && !isComposing) keep("pushState");
};
addEventListener("popstate", restore);
document.addEventListener("vaultkit:changed", () => begin());
restore();
if (!asked()) input.focus();

/** What the theme's script calls when a reader wants to search. */
self.vkFind = () => input.select();
