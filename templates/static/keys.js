// Keys without a modifier: what they do, and the list of them. Loaded when a reader first presses one.
(() => {
  "use strict";
  const words = vkKeyWords;
  const root = new URL("..", document.currentScript.src).href;
  const made = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  /** Milliseconds in which a second key belongs to the `g` before it. */
  const PAIR = 1500;

  const hasSearch = () => document.querySelector(".find[href$='search.html']");
  const goTo = (page) => () => location.assign(root + page);

  /** To the next heading, or the one before: from the place where one reads. */
  function move(step) {
    const headings = [...document.querySelectorAll("main :is(h1, h2, h3, h4, h5, h6)")].filter((heading) => heading.checkVisibility() && !heading.closest(".internal-embed"));
    const line = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
    const tops = headings.map((heading) => heading.getBoundingClientRect().top - line);
    // The last heading of all may never reach the top: then the focus tells which one is meant.
    const here = headings.indexOf(document.activeElement);
    const isHere = here >= 0 && tops[here] > -2 && tops[here] < innerHeight - line;
    // At the top of the page one reads below its title, wherever that stands.
    const from = isHere ? here : scrollY < 20 ? 0 : -1;
    const to = from >= 0 ? from + step : step > 0 ? tops.findIndex((top) => top > 2) : tops.findLastIndex((top) => top < -2);
    const heading = headings[to];
    if (!heading) return;
    if (!heading.hasAttribute("tabindex")) heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: "start", behavior: "instant" });
  }

  const PLAIN = {
    "?": open,
    j: () => move(1),
    k: () => move(-1),
    t: () => document.querySelector(".scheme")?.click(),
  };
  const AFTER_G = {
    h: goTo("index.html"),
    i: goTo("index-az.html"),
    b: () => {
      const section = document.getElementById("vk.backlinks");
      if (section) location.hash = section.id;
    },
  };

  let since = -Infinity;

  /** What the theme's script calls with each key that may mean something. */
  self.vkKey = (key) => {
    const isSecond = performance.now() - since < PAIR;
    since = key === "g" ? performance.now() : -Infinity;
    const act = (isSecond && AFTER_G[key]) || PLAIN[key];
    act?.();
  };

  // The list -------------------------------------------------------------------------

  const isOn = () => {
    try {
      return localStorage.getItem("vk-keys") !== "off";
    } catch { return true; }
  };

  let dialog;

  function list() {
    const command = /Mac|iP(?:hone|ad|od)/.test(navigator.platform) ? "⌘" : "Ctrl";
    const lines = [
      hasSearch() && [["/"], words.search],
      [["j"], words.forward], [["k"], words.backward],
      [["g", "h"], words.home], [["g", "i"], words.index], [["g", "b"], words.backlinks],
      [["t"], words.scheme],
      [["?"], words.help],
    ].filter(Boolean);
    const always = [hasSearch() && [[command, "K"], words.search], [["Esc"], words.close]].filter(Boolean);
    const rows = (lines) => made("dl", {}, ...lines.map(([keys, said]) => made("div", {}, made("dt", {}, ...keys.flatMap((key) => [made("kbd", {}, key), " "])), made("dd", {}, said))));
    const choice = made("input", { type: "checkbox", checked: isOn(), onchange: () => {
      try {
        if (choice.checked) localStorage.removeItem("vk-keys");
        else localStorage.setItem("vk-keys", "off");
      } catch { choice.checked = true; /* No storage: nothing can be remembered. */ }
      plain.classList.toggle("is-off", !choice.checked);
    } });
    const plain = rows(lines);
    plain.classList.toggle("is-off", !choice.checked);
    const shut = made("button", { type: "button", ariaLabel: `Esc: ${words.close}`, onclick: () => dialog.close() }, made("kbd", {}, "Esc"));
    dialog = made("dialog", { className: "vk-keys" }, made("header", {}, made("h2", { id: "vk.keys" }, words.keys), shut), plain, made("label", {}, choice, made("span", {}, words.on)), rows(always));
    dialog.setAttribute("aria-labelledby", "vk.keys");
    // A click beside the dialog is one on its backdrop, which is the dialog itself.
    dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
    // Outside of the body, which belongs to whoever shows the page anew.
    document.documentElement.append(dialog);
  }

  function open() {
    if (!dialog) list();
    if (!dialog.open) dialog.showModal();
  }
})();
