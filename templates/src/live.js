// The client of `vaultkit serve`: follows the vault, so that a page shows what was just written. Never part of a site.
import { lost, progress, problems, say, unsay } from "./live/panel.js";
import { is, page, placeholder, refresh, restyle } from "./live/page.js";

// The server may tell of which state it sent the page: then nothing is missed between sending and listening.
let generation = Number(document.currentScript?.dataset.generation ?? NaN);
let source;
let retry;

const on = {
  hello(data) {
    // A placeholder doesn't know whether the build ended before it listened.
    if (placeholder() || (generation === generation && generation !== data.generation)) renew();
    generation = data.generation;
  },
  pages({ generation: now, changed, removed }) {
    generation = now;
    progress(null);
    if (!changed || changed.some(is)) renew();
    else if (removed?.some(is)) say("gone", GONE);
  },
  style({ urls, generation: now = generation }) {
    restyle(urls, now);
  },
  problems(data) {
    problems(data.problems);
  },
  progress,
};

const GONE = "This note is gone. What you see is how it was.";

async function renew() {
  const found = await refresh();
  if (found === "gone") say("gone", GONE);
  else if (found === "fresh") unsay("gone");
}

function connect() {
  if (source) return;
  source = new EventSource("/-/events?page=" + encodeURIComponent(page));
  source.onopen = () => lost(false);
  source.onerror = () => {
    lost(true);
    // Where the server answered with something else than events, the browser has given up, and we haven't.
    if (source?.readyState === EventSource.CLOSED) {
      disconnect();
      retry = setTimeout(connect, 3000);
    }
  };
  for (const name of Object.keys(on)) {
    source.addEventListener(name, (event) => on[name](JSON.parse(event.data)));
  }
}

function disconnect() {
  clearTimeout(retry);
  source?.close();
  source = undefined;
}

// A page that nobody sees doesn't listen: browsers keep six connections to a server, and the seventh tab would hang.
// When it is seen again, the greeting tells whether it missed something.
function follow() {
  if (document.visibilityState === "visible") connect();
  else {
    disconnect();
    lost(false);
  }
}

function start() {
  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", (event) => event.persisted && follow());
  follow();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
