// What the client has to say: problems, progress, small marks. In a shadow root, so that no style meets another.

const STYLE = `
:host { all: initial; color-scheme: inherit }
[hidden] { display: none !important }
* { box-sizing: border-box }
progress { position: fixed; inset: 0 0 auto; z-index: 2147483647; width: 100%; height: 3px; border: 0;
  appearance: none; background: transparent; color: light-dark(#0b5f74, #79c7d8) }
progress::-webkit-progress-bar { background: transparent }
progress::-webkit-progress-value { background: currentColor; transition: width .2s }
progress::-moz-progress-bar { background: currentColor }
.foot { position: fixed; inset: auto 1rem 1rem; z-index: 2147483647; pointer-events: none;
  font: 14px/1.5 var(--sans, system-ui, sans-serif); color: light-dark(#1d1c1a, #e4e1da) }
.mark, .panel { pointer-events: auto; background: light-dark(#fff, #22262c); border: 1px solid light-dark(#c9c4ba, #4a5059);
  border-radius: .5rem; box-shadow: 0 .25rem 1.5rem rgb(0 0 0 / .18) }
.mark { width: fit-content; margin: .5rem auto 0; padding: .3rem .8rem }
.panel { display: flex; flex-direction: column; width: min(52rem, 100%); max-height: 40vh; margin: .5rem auto 0;
  border-inline-start: 4px solid light-dark(#8a5300, #e5b567) }
.panel:has(.error) { border-inline-start-color: light-dark(#b3261e, #f2a29b) }
.panel > header { display: flex; align-items: center; gap: 1rem; padding: .4rem .4rem .4rem 1rem }
h2 { flex: 1; margin: 0; font-size: inherit; font-weight: 650 }
button { font: inherit; color: inherit; background: none; border: 0; border-radius: .35rem; padding: .25rem .6rem; cursor: pointer }
button:hover { background: light-dark(#eee9e0, #333941) }
:focus-visible { outline: 2px solid light-dark(#0b5f74, #79c7d8); outline-offset: -2px }
ul { margin: 0; padding: 0 1rem .6rem; overflow: auto; list-style: none }
li { padding: .5rem 0; border-top: 1px solid light-dark(#e7e2d8, #383d45); overflow-wrap: anywhere }
p { margin: 0 }
.place { font: 12.5px/1.6 ui-monospace, monospace; color: light-dark(#5d5952, #a9a59d) }
.place b { color: light-dark(#8a5300, #e5b567) }
.error .place b { color: light-dark(#b3261e, #f2a29b) }
.message::first-letter { text-transform: uppercase }
.hint { color: light-dark(#5d5952, #a9a59d) }
@media print { :host { display: none } }
@media (prefers-reduced-motion: reduce) { progress::-webkit-progress-value { transition: none } }
`;

const bar = make("progress", { hidden: true, ariaLabel: "Building the site" });
const marks = make("div", { role: "status", className: "marks" });
const title = make("h2", { id: "title" });
const close = make("button", { type: "button", textContent: "Close", title: "Esc" });
const list = make("ul", { tabIndex: 0 });
const panel = make("section", { className: "panel", hidden: true }, make("header", {}, title, close), list);
const live = make("div", { role: "status", ariaLive: "polite", className: "live" }, panel);

let host;

/** Outside of the body, which a page may be told to replace as a whole. */
function shown() {
  if (host) return;
  host = make("vaultkit-live", { lang: "en", dir: "ltr" });
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  root.append(bar, make("div", { className: "foot" }, marks, live));
  document.documentElement.append(host);
}

let told = "[]";

/** The problems of the page's note; none is good news and takes the panel away. What was closed stays closed. */
export function problems(found) {
  const news = JSON.stringify(found);
  if (news === told) return;
  told = news;
  shown();
  list.replaceChildren(...found.map(problem));
  title.textContent = headline(found);
  panel.hidden = !found.length;
}

function headline(found) {
  // What is wrong with no file keeps all of it from being built.
  if (found.some((one) => !one.path)) return "The site can't be built";
  return found.length === 1 ? "1 problem in this note" : `${found.length} problems in this note`;
}

function problem({ path, line, column, code, severity, message, hint }) {
  const place = [path, line, column].filter(Boolean).join(":");
  return make(
    "li",
    { className: severity === "error" ? "error" : "" },
    make("p", { className: "place" }, place + " ", make("b", {}, `${severity} ${code}`)),
    make("p", { className: "message" }, message),
    hint ? make("p", { className: "hint" }, hint) : "",
  );
}

function dismiss() {
  panel.hidden = true;
}

close.addEventListener("click", dismiss);
document.addEventListener("keydown", (event) => {
  // What the page itself has opened comes first.
  const other = document.querySelector(":popover-open, dialog[open]");
  if (event.key === "Escape" && !event.defaultPrevented && !panel.hidden && !other) dismiss();
});

let done;

/** A bar at the top while a build runs; null takes it away. */
export function progress(state) {
  clearTimeout(done);
  if (!state) {
    bar.hidden = true;
    return;
  }
  shown();
  bar.hidden = false;
  if (state.total) {
    bar.max = state.total;
    bar.value = state.done;
  } else bar.removeAttribute("value");
  // A build that changed no page ends without a word.
  if (state.done >= state.total) done = setTimeout(progress, 2000, null);
}

/** A line at the bottom, by name; saying it again changes nothing. */
export function say(name, text) {
  shown();
  if (!marks.querySelector(`[data-name=${name}]`)) {
    const mark = make("p", { className: "mark" }, text);
    mark.dataset.name = name;
    marks.append(mark);
  }
}

export function unsay(name) {
  marks.querySelector(`[data-name=${name}]`)?.remove();
}

let waiting;

/** The connection is lost, or back. Only after two seconds is it worth a word: a server that restarts is quicker. */
export function lost(isLost) {
  if (!isLost) {
    clearTimeout(waiting);
    waiting = undefined;
    unsay("lost");
  } else waiting ??= setTimeout(say, 2000, "lost", "Connection lost, trying again …");
}

function make(tag, properties, ...children) {
  const one = Object.assign(document.createElement(tag), properties);
  one.append(...children.map((child) => child ?? ""));
  return one;
}
