// Beside a link, what it leads to; beside the mark of a footnote, its text. Loaded when a reader first points at one.
// A preview is a script beside its page, since nothing else can be loaded from file:// too.
(() => {
  "use strict";
  const words = vkPreviewWords;
  const root = new URL("..", document.currentScript.src).href;

  /** Milliseconds: until one means a link and not the way across it, until it shows, until what was left is closed. */
  const [MEANT, SHOWN, LEFT] = [120, 230, 300];
  /** Pixels to the link, and to the edge of the window. */
  const [GAP, EDGE] = [7, 10];

  const made = (name, className, ...children) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    element.append(...children);
    return element;
  };
  const say = (key, n) => ((n === 1 && words[key].one) || words[key].other || words[key]).replace("{n}", n?.toLocaleString(document.documentElement.lang));
  const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

  // What is told -----------------------------------------------------------------

  const told = new Map();
  let answers = new Map();
  self.vkPreview = (preview) => told.set(document.currentScript, preview);

  const bare = (path) => path.replace(/\/$/, "/index").replace(/\.html$/, "");

  /** Where a link leads in the site, and to what there; nothing for the page itself and for what is no page. */
  function targetOf(link) {
    const address = new URL(link.getAttribute("href"), location.href);
    const place = address.hash.slice(1);
    address.hash = address.search = "";
    const isPage = typeof vkNoPreviews === "undefined" && address.href.startsWith(root) && address.href.endsWith(".html") && bare(address.pathname) !== bare(location.pathname);
    return isPage ? [`${root}previews/${address.href.slice(root.length, -5)}.js`, decoded(place)] : [];
  }

  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch { return text; }
  }

  /** What a script says, asked for once. */
  function asked(src) {
    if (!answers.has(src)) {
      answers.set(src, new Promise((resolve) => {
        const script = made("script");
        script.src = src;
        script.onload = script.onerror = () => {
          resolve(told.get(script));
          script.remove();
        };
        document.head.append(script);
      }));
    }
    return answers.get(src);
  }

  /** The parts of the panel, or nothing where there is nothing to show. */
  async function contentOf(link) {
    const address = link.getAttribute("href");
    if (link.closest(".footnote-ref")) return address.startsWith("#") ? footnote(document.getElementById(decoded(address.slice(1)))) : undefined;
    const [src, place] = targetOf(link);
    const preview = src && await asked(src);
    return preview && card(preview, place);
  }

  // How it looks -------------------------------------------------------------------

  /** A footnote as the page shows it, without its ids and the way back. */
  function footnote(note) {
    if (!note) return undefined;
    const copy = note.cloneNode(true);
    copy.querySelectorAll(".footnote-back").forEach((link) => link.remove());
    for (const element of copy.querySelectorAll("[id], [name]")) {
      element.removeAttribute("id");
      element.removeAttribute("name");
    }
    return [made("div", "prose", ...copy.childNodes)];
  }

  /** A note, or a name without one: all of it is text. */
  function card([title, type, color, lead, facts, places, n, source, claimants], place) {
    const parts = [];
    if (n) parts.push(made("p", "vk-kind is-wanted", made("span", "dot"), claimants.length ? words.ambiguous : `${words.wanted} · ${say("mentions", n)}`));
    else if (type) parts.push(made("p", "vk-kind", made("span", `dot ${color}`), type));
    parts.push(made("p", "vk-name", title));
    const [, heading, text] = places.find(([id]) => id === place) || [];
    if (heading) parts.push(made("p", "vk-place", heading));
    if (claimants.length) parts.push(made("ul", "", ...claimants.map((name) => made("li", "", name))));
    else if (source) parts.push(made("blockquote", "", lead, made("cite", "", source)));
    else if (text || lead) parts.push(made("p", "", text || lead));
    if (facts.length && text === undefined) parts.push(made("dl", "", ...facts.map(([key, value]) => made("div", "", made("dt", "", key), made("dd", "", value)))));
    return parts.length > 1 || n ? parts : undefined;
  }

  // Where it stands ------------------------------------------------------------------

  const panel = made("div", "vk-preview");
  panel.id = "vk.preview";
  panel.popover = "manual";
  // Outside of the body, which belongs to whoever shows the page anew.
  document.documentElement.append(panel);

  /** Below the link or above it, where there is room; beside a list, so that its next lines stay seen: never over the link, and within the window. */
  function put(link) {
    panel.style.maxHeight = `${innerHeight - 2 * EDGE}px`;
    const box = link.getBoundingClientRect();
    const [left, top] = (link.closest(".rail .rows") && beside(box)) || below(box, getComputedStyle(link).direction === "rtl");
    panel.style.left = `${left + scrollX}px`;
    panel.style.top = `${top + scrollY}px`;
  }

  const within = (start, size, room) => Math.max(EDGE, Math.min(start, room - size - EDGE));

  function below(box, isFromRight) {
    const [down, up] = [innerHeight - box.bottom - GAP - EDGE, box.top - GAP - EDGE];
    const isBelow = panel.offsetHeight <= down || down >= up;
    panel.style.maxHeight = `${Math.max(80, isBelow ? down : up)}px`;
    const start = isFromRight ? box.right - panel.offsetWidth : box.left;
    return [within(start, panel.offsetWidth, document.documentElement.clientWidth), isBelow ? box.bottom + GAP : box.top - GAP - panel.offsetHeight];
  }

  function beside(box) {
    const left = [box.left - GAP - panel.offsetWidth, box.right + GAP].find((start) => start >= EDGE && start + panel.offsetWidth <= document.documentElement.clientWidth - EDGE);
    return left !== undefined && [left, within(box.top - EDGE, panel.offsetHeight, innerHeight)];
  }

  // When it is there --------------------------------------------------------------------

  let [shown, aimed, refused] = [];
  let turn = 0;
  let leaving;

  const isFocused = (link) => link === document.activeElement && link.matches(":focus-visible");
  const isPointedAt = (link) => link.matches(":hover") || panel.matches(":hover");
  const isHeld = () => isFocused(shown) || isPointedAt(shown) || panel.contains(document.activeElement);

  async function aim(link) {
    const mine = ++turn;
    aimed = link;
    await pause(MEANT);
    if (mine !== turn) return;
    const [content] = await Promise.all([contentOf(link), pause(shown ? 0 : SHOWN)]);
    if (mine !== turn) return;
    aimed = undefined;
    if (content && link.isConnected && (link.matches(":hover") || isFocused(link)) && !document.querySelector("dialog[open]")) show(link, content);
  }

  function show(link, content) {
    if (shown) hide();
    shown = link;
    const isNote = Boolean(link.closest(".footnote-ref"));
    panel.replaceChildren(...content);
    panel.role = isNote ? "note" : "tooltip";
    panel.ariaLabel = isNote ? `${words.footnote} ${link.textContent}` : null;
    // With its source named, the links of a footnote come next after its mark.
    panel.showPopover(link instanceof HTMLElement ? { source: link } : {});
    put(link);
    link.setAttribute("aria-describedby", panel.id);
  }

  function hide() {
    clearTimeout(leaving);
    leaving = undefined;
    if (!shown) return;
    shown.removeAttribute("aria-describedby");
    shown = undefined;
    if (panel.isConnected && panel.matches(":popover-open")) panel.hidePopover();
  }

  /** Expect nothing any more. */
  function forget() {
    turn++;
    aimed = undefined;
  }

  /** Close it in a moment, unless pointer or keyboard are on it again by then. */
  function leave() {
    leaving ??= setTimeout(() => {
      leaving = undefined;
      if (shown && !isHeld()) hide();
    }, LEFT);
  }

  /** What the theme's script calls when a reader points at a link or comes to it by keyboard. */
  self.vkPoint = (link) => {
    if (link !== shown && link !== aimed && link !== refused && !panel.contains(link)) aim(link);
  };

  document.addEventListener("pointerover", ({ target }) => {
    if (aimed && !aimed.contains(target) && !isFocused(aimed)) forget();
    if (refused && !refused.contains(target)) refused = undefined;
    if (shown && !shown.contains(target) && !panel.contains(target)) leave();
  });
  document.documentElement.addEventListener("pointerleave", () => shown && leave());
  document.addEventListener("focusin", ({ target }) => {
    if (target !== refused) refused = undefined;
    // What was shown by keyboard goes with the focus at once.
    if (shown && target !== shown && !panel.contains(target) && !isPointedAt(shown)) hide();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (panel.contains(target)) return;
    forget();
    hide();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shown) return;
    forget();
    event.preventDefault();
    event.stopPropagation();
    refused = shown;
    if (panel.contains(document.activeElement)) shown.focus();
    hide();
  }, true);
  addEventListener("resize", hide);
  document.addEventListener("vaultkit:changed", () => {
    forget();
    hide();
    answers = new Map();
  });
})();
