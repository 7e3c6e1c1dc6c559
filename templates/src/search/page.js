// The search page: results with what they say, and filters. What is asked stands in the address.

/** How many notes are shown at a time. */
const MOST = 10;

/** How many notes are read at a time, to see which have a phrase. */
const CHECKED = 32;
const PAUSE = 120;

/** Shards up to which all of a kind of filters are counted in all results. */
const MAX_LEAVES = 4;
const MAX_CHOICES = 12;

/** Bring the page to life, with what the other script has. */
export function page({ answers, dot, keyFor, keysOf, made, notesOf, said, shower }) {
  const [input, status, list, more, check, tips] = ["query", "said", "results", "more", "check", "tips"].map((id) => document.getElementById("vk." + id));
  const { title } = document;
  /** Types with the classes of their dots, as the page came. */
  const types = new Map([...document.querySelectorAll("[data-name]")].map(({ dataset, firstElementChild }) => [dataset.name, firstElementChild.className]));
  const ask = answers();
  let n, checked;

  /** A note with its names, where it lies, and the lines that answer. */
  const result = ({ type, folder, href, title, alias, quote, heading, section }) => made("li", {},
    made("p", { className: "crumbs" }, dot(type), made("span", {}, folder.replaceAll("/", " / "))),
    made("h2", {}, made("a", { href }, ...title), ...alias),
    made("p", { className: "quote" }, ...quote),
    heading ? made("a", { className: "at", href: section }, heading) : "",
  );

  const fill = async (pause) => {
    const text = input.value.trim();
    const found = await ask(pause, text, n, checked);
    if (!found) return;
    const { hits, texts, rest, query } = found;
    document.title = text ? `${text} — ${title}` : title;
    status.textContent = said(found, text, checked);
    list.replaceChildren(...texts.filter(Boolean).map(shower(query)).map(result));
    more.hidden = hits.length <= n;
    check.hidden = !rest;
    tips.hidden = !!text;
    for (const place of document.querySelectorAll("[data-filter]")) await offer(place, found);
  };
  /** Ask for what the field holds now, from the beginning. */
  const begin = (pause) => {
    [n, checked] = [MOST, CHECKED];
    fill(pause);
  };
  const keep = (how) => history[how](null, "", input.value.trim() ? "?q=" + encodeURIComponent(input.value.trim()) : location.pathname);
  const restore = () => {
    input.value = new URLSearchParams(location.search).get("q") || "";
    begin();
  };

  /** Offer the filters of a kind, with how many results each would leave. */
  const offer = async (place, { query, passing, hits, texts }) => {
    const operator = place.dataset.filter;
    const active = query.filters.filter((one) => one.operator === operator && !one.isNot).map(({ key }) => key);
    const among = active.length ? passing(operator) : hits;
    const names = operator === "type" ? types.keys() : texts.filter(Boolean).flatMap(([, , , , folder, tags]) => (operator === "tag" ? tags : withParents(folder)));
    const spelt = new Map([...names].map((name) => [keyFor(operator, name), name]));
    const keys = new Set([...active, ...spelt.keys()]);
    // Where they are too many to be counted in all results, those of the texts that are shown have to do.
    const all = operator === "type" ? keys : await keysOf(keyFor(operator, ""), MAX_LEAVES);
    for (const key of all) keys.add(key);
    const counts = await Promise.all([...keys].map(async (key) => {
      const notes = await notesOf(key);
      return [key, among.filter(([id]) => notes.has(id)).length];
    }));
    // A folder that makes a type is offered as that.
    const isType = (key) => operator === "folder" && types.has(spelt.get(key));
    const kept = counts.filter(([key, n]) => (n || active.includes(key)) && !isType(key)).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    place.hidden = !kept.length;
    const told = place.querySelector(".at");
    if (told) told.hidden = !!all.length;
    place.lastElementChild.replaceChildren(...kept.slice(0, MAX_CHOICES).map(([key, n]) => {
      const name = spelt.get(key) || key.slice(1);
      const isActive = active.includes(key);
      const onclick = () => {
        input.value = toggled(input.value, query.filters, operator, name, key, isActive);
        keep("pushState");
        begin();
      };
      const marks = types.has(name) && operator === "type" ? [made("span", { className: types.get(name) })] : [];
      return made("li", {}, made("button", { ariaPressed: String(isActive), onclick }, ...marks, made("span", {}, operator === "tag" ? "#" + name : name), made("span", { className: "count" }, n.toLocaleString(document.documentElement.lang))));
    }));
  };

  more.onclick = () => {
    n += MOST;
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
  if (!input.value) input.focus();
  return () => input.select();
}

const withParents = (folder) => folder.split("/").map((_, at, all) => all.slice(0, at + 1).join("/")).filter(Boolean);

/** The text of the field with a filter more, or without it; of types a note has one, so that another takes its place. */
function toggled(text, filters, operator, name, key, isActive) {
  for (const one of filters) {
    if (one.operator === operator && !one.isNot && (one.key === key || operator === "type")) text = text.replace(one.whole, "");
  }
  const added = isActive ? "" : `${operator}:${/[\s"]/.test(name) ? `"${name}"` : name}`;
  return `${text.trim()} ${added}`.trim();
}
