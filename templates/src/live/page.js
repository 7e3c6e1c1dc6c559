// The page itself: which it is, and how it becomes what the server now has, without a jump.
import { Idiomorph } from "idiomorph";

const BLOCKS = "h1,h2,h3,h4,h5,h6,p,li,pre,tr,summary,figcaption,dt,dd";

const html = document.documentElement;
const path = decoded(location.pathname.slice(1));

/** The page's address below the root, as the server's events name it. */
export const page = path === "" || path.endsWith("/") ? path + "index.html" : path;

const names = new Set([page, page + ".html", page + "/index.html"]);

/** Whether an event's address is this page's; servers also send pages without their ending. */
export function is(url) {
  return names.has(url) || names.has(decoded(url));
}

/** A page that only says that the first build is running. */
export function placeholder(root = html) {
  return root.hasAttribute("data-vk-placeholder");
}

let running;
let again = false;

/** Fetch the page and take over what differs; "fresh", "gone", or "" if the server has no answer yet. */
export function refresh() {
  again = true;
  // One after the other: an answer that is overtaken would turn the page back.
  running ??= (async () => {
    try {
      let found = "";
      while (again) {
        again = false;
        found = await once();
      }
      return found;
    } finally {
      running = undefined;
    }
  })();
  return running;
}

async function once() {
  let response, text;
  try {
    response = await fetch(location.href, { cache: "no-store" });
    text = await response.text();
  } catch {
    return ""; // The connection is lost; the greeting after it brings us here again.
  }
  if (placeholder()) {
    // Until then it would come back as it is.
    if (response.status !== 503) location.reload();
    return "";
  }
  // A page that was not found from the start shows the server's own page for that.
  const missing = performance.getEntriesByType("navigation")[0]?.responseStatus === 404;
  if (response.status === 404 && !missing) return "gone";
  if (!response.ok && response.status !== 404) return "";
  const fresh = new DOMParser().parseFromString(text, "text/html");
  if (placeholder(fresh.documentElement)) return "";
  if (lacks(fresh)) location.reload();
  else take(fresh);
  return "fresh";
}

/** Whether the page stands for something else now: another kind, script, policy, or a panel with its button. */
function lacks(fresh) {
  const marks = (root) => [
    ...root.body.classList,
    ...[...root.querySelectorAll("script[src],meta[http-equiv],header [popovertarget]:not(main *)")].map(
      (one) => one.getAttribute("src") || one.content || one.getAttribute("popovertarget"),
    ),
  ];
  const here = new Set(marks(document));
  return marks(fresh).some((mark) => !here.has(mark));
}

function take(fresh) {
  document.title = fresh.title;
  const root = fresh.documentElement;
  for (const { name } of [...html.attributes]) {
    // The reader's scheme, and what scripts know of the browser.
    if (!root.hasAttribute(name) && name !== "data-theme" && name !== "class") html.removeAttribute(name);
  }
  for (const { name, value } of root.attributes) {
    if (name === "class") html.classList.add(...root.classList);
    else if (name !== "data-theme") html.setAttribute(name, value);
  }
  const here = new Set(links().map(plain));
  // Notes with code, callouts and so on link further style sheets.
  for (const link of links(fresh)) {
    if (!here.has(plain(link))) document.head.append(document.importNode(link));
  }
  // `.page` is what the theme puts around text, outline and rail: all three tell of the note.
  const part = [".page:has(> main)", "main", "body"].find((s) => document.querySelector(s) && fresh.querySelector(s));
  const old = document.querySelector(part);
  const back = [opened(old), scrolled(old)];
  Idiomorph.morph(old, fresh.querySelector(part), {
    morphStyle: "outerHTML",
    // Not with `ignoreActiveValue`, which leaves out all that is in a focused element: a summary, a table that scrolls.
    callbacks: { beforeAttributeUpdated: yields },
  });
  const now = document.querySelector(part);
  for (const restore of back) restore(now);
  document.dispatchEvent(new CustomEvent("vaultkit:changed", { detail: { root: now } }));
}

/** Whether an attribute gives way to what the server sent: not what the reader typed, ticked, chose or opened. */
function yields(name, one, change) {
  if (name === "open" || name === "selected") return false;
  if (name === "value" && "defaultValue" in one) return one.value === one.defaultValue && one !== document.activeElement;
  if (name === "checked") return one.disabled || one.checked === one.defaultChecked;
  // Scripts say by these what the reader sees and reaches.
  return change !== "remove" || !/^(hidden|tabindex|aria-.+)$/.test(name);
}

/** Remember which details are open. A new one above them takes their element, so they are known by their summaries. */
function opened(root) {
  const all = (within) => [...within.querySelectorAll("details")].map((one) => [key(one.querySelector("summary")), one]);
  const known = new Map(all(root).map(([name, one]) => [name, one.open]));
  return (now) => {
    for (const [name, one] of all(now)) one.open = known.get(name) ?? one.open;
  };
}

/** Remember what stands where, so that the line being read stays in its place when something grows above it. */
function scrolled(root) {
  if (scrollY <= 0) return () => {};
  const top = (one) => one.getBoundingClientRect().top;
  const seen = [...unique(root)].map(([name, one]) => [name, top(one)]).filter(([, y]) => y >= 0 && y < innerHeight);
  return (now) => {
    const found = unique(now);
    const [name, y] = seen.find(([name]) => found.has(name)) ?? [];
    if (name !== undefined) scrollBy({ top: top(found.get(name)) - y, behavior: "instant" });
  };
}

/** Blocks by their text, without those that there are several of. */
function unique(root) {
  const found = new Map();
  const twice = new Set();
  // Not in what stands beside the text, which may stay where it is whatever is scrolled.
  for (const one of (root.querySelector("main") ?? root).querySelectorAll(BLOCKS)) {
    const name = key(one);
    if (found.has(name)) twice.add(name);
    found.set(name, one);
  }
  for (const name of twice) found.delete(name);
  return found;
}

function key(one) {
  return one && one.tagName + one.textContent;
}

let swaps = 0;

/** Load style sheets anew beside the old ones, which go when the new ones are there: nothing flashes. */
export function restyle(urls, generation) {
  for (const url of urls) {
    const old = links().filter((link) => decoded(plain(link)) === "/" + decoded(url));
    if (!old.length) continue;
    const link = old[old.length - 1].cloneNode();
    // The count keeps apart what changes twice within a generation.
    link.href = `${plain(old[0])}?v=${generation}-${++swaps}`;
    link.onload = () => old.forEach((one) => one.remove());
    link.onerror = () => link.remove();
    old[old.length - 1].after(link);
  }
}

function links(root = document) {
  return [...root.querySelectorAll('link[rel="stylesheet"]')];
}

/** The path of a style sheet. A parsed document that isn't shown has the base of the one that is. */
function plain(link) {
  return new URL(link.getAttribute("href"), document.baseURI).pathname;
}

function decoded(url) {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}
