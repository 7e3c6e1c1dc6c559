// What pages do beyond HTML and CSS: choose a scheme, follow the outline, copy code, filter backlinks.
// A classic script, so that it runs from file:// too. Every page works without it.
(() => {
  "use strict";
  const page = document.documentElement;
  const words = document.currentScript.dataset;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const target = (link) => document.getElementById(link.getAttribute("href").slice(1));

  // Sections: known to this script alone, which the build tells of them in a line before it.
  const nav = document.querySelector(".nav");
  if (nav && typeof vkSections === "object") {
    for (const [name, address] of vkSections) {
      const link = document.createElement("a");
      link.href = nav.dataset.root + address;
      link.textContent = name;
      if (link.getAttribute("href") === nav.dataset.here) link.setAttribute("aria-current", "true");
      nav.append(link);
    }
    // Whether a line of links fits its place is a matter of letters, which CSS can't count.
    const breadth = 1.3 * document.querySelector(".brand").textContent.length + vkSections.reduce((sum, [name]) => sum + name.length + 2.5, 0);
    document.querySelector(".top").classList.toggle("is-many", breadth > 90);
    document.querySelector(".top").classList.toggle("is-lots", breadth > 155);
  }

  // Pages about the whole vault, of which the script is told too; one page names them itself.
  const foot = document.querySelector(".foot");
  if (nav && foot && !document.getElementById("vk.ways") && typeof vkMore === "object" && vkMore.length) {
    const more = document.createElement("nav");
    const [label, ...pages] = vkMore;
    for (const [name, address] of pages) {
      const link = document.createElement("a");
      link.href = nav.dataset.root + address;
      link.textContent = name;
      more.append(link);
    }
    more.setAttribute("aria-label", label);
    foot.lastElementChild.before(more);
  }

  // Scheme: automatic, light, dark, and round again.
  const scheme = document.querySelector(".scheme");
  if (scheme) {
    const name = () => {
      scheme.title = scheme.dataset[page.dataset.theme || "auto"];
      scheme.setAttribute("aria-label", scheme.title);
    };
    scheme.addEventListener("click", () => {
      const next = { light: "dark", dark: "" };
      const theme = page.dataset.theme in next ? next[page.dataset.theme] : "light";
      if (theme) page.dataset.theme = theme;
      else delete page.dataset.theme;
      try {
        if (theme) localStorage.setItem("vk-theme", theme);
        else localStorage.removeItem("vk-theme");
      } catch { /* No storage: the choice lasts as long as the page. */ }
      name();
    });
    name();
  }

  // What a reader asks for, by pointing, clicking or a key, is loaded then: a script with its style sheet.
  const place = nav && new URL(nav.dataset.root || ".", location.href).href;
  const loads = {};
  const load = (name) => (loads[name] ||= Promise.all([["link", "href", "css"], ["script", "src", "js"]].map(([kind, address, ending]) => new Promise((resolve) => {
    const element = document.createElement(kind);
    element.rel = "stylesheet";
    element.onload = element.onerror = resolve;
    element[address] = `${place}static/${name}.${ending}`;
    document.head.append(element);
  }))));

  const entry = document.querySelector(".find[href$='search.html']");
  const search = (event) => {
    event.preventDefault();
    (self.vkFind ? Promise.resolve() : load("search")).then(() => self.vkFind ? vkFind() : location.assign(entry.href));
  };
  if (entry && nav) entry.addEventListener("click", (event) => event.ctrlKey || event.metaKey || event.shiftKey || search(event));

  // Keys: each does nothing where one types, and those without a modifier can be turned off.
  const keys = (key) => load("keys").then(() => self.vkKey?.(key));
  const hasKeys = () => {
    try {
      return localStorage.getItem("vk-keys") !== "off";
    } catch { return true; /* No storage: nobody can have turned them off. */ }
  };
  if (nav) addEventListener("keydown", (event) => {
    const { key, target, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (altKey || event.isComposing) return;
    if (ctrlKey || metaKey) {
      if (entry && key === "k" && !shiftKey) search(event);
    } else if (/^[/?bghijkt]$/.test(key) && hasKeys() && !target.closest?.("input, textarea, select, [contenteditable]") && !document.querySelector("dialog[open]")) {
      if (key !== "/") keys(key);
      else if (entry) search(event);
    }
  });
  if (nav && foot && words.keys && matchMedia("(hover: hover)").matches) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words.keys;
    button.addEventListener("click", () => keys("?"));
    const more = foot.querySelector("nav");
    if (more) more.append(button);
    else foot.lastElementChild.before(button);
  }

  // Previews: of what a link in the text leads to, and of footnotes. Where a finger points, it follows the link.
  const LINKS = ".prose a.internal-link, .box a.internal-link, .footnote-ref a, :is(.mention, .pairs, .about, .timeline, .near, .is-wanted, .graph svg) a";
  const preview = (event) => {
    const link = event.target.closest?.(LINKS);
    if (link && (event.type === "focusin" ? link.matches(":focus-visible") : event.pointerType !== "touch")) load("previews").then(() => self.vkPoint?.(link));
  };
  if (nav) for (const name of ["pointerover", "focusin"]) addEventListener(name, preview);

  // Pictures of the text open large.
  const enlarge = (event) => {
    if (event.type === "keydown" && !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    const image = event.currentTarget;
    load("pictures").then(() => self.vkPicture?.(image));
  };

  // Panels close when one of their links was followed.
  for (const panel of all("[popover]")) {
    panel.addEventListener("click", (event) => {
      if (event.target.closest("a") && panel.matches(":popover-open")) panel.hidePopover();
    });
  }

  // Outline: mark the section that is being read.
  let links = [];
  let current;
  let due = false;
  const follow = () => {
    due = false;
    if (!links.length) return;
    const line = innerHeight / 4;
    // Headings stand in the outline's order, so the last one above the line is found by halving.
    let [low, high] = [0, links.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (target(links[middle]).getBoundingClientRect().top < line) low = middle;
      else high = middle;
    }
    if (links[low] === current) return;
    if (current) current.removeAttribute("aria-current");
    current = links[low];
    current.setAttribute("aria-current", "true");
    const panel = document.querySelector(".outline");
    const top = current.offsetTop - panel.scrollTop;
    if (top < 40 || top > panel.clientHeight - 60) panel.scrollTop += top - panel.clientHeight / 3;
  };
  addEventListener("scroll", () => {
    if (!due) requestAnimationFrame(follow);
    due = true;
  }, { passive: true });

  // A table as it is shown, for spreadsheets: what they might compute gets an apostrophe before it.
  const csvOf = (table) => [...table.rows].map((row) => [...row.cells].map((cell) => {
    const text = cell.textContent.trim();
    const isFormula = /^[=+\-@＝＋－＠]/.test(text) && !/^[+-]?[$€£¥]?\d[\d.,]*\s?[%kmbt]?n?$/i.test(text);
    return `"${(isFormula ? "'" + text : text).replaceAll('"', '""')}"`;
  }).join(",")).join("\r\n") + "\r\n";
  const csvButton = (block) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "csv";
    button.textContent = "CSV";
    button.addEventListener("click", () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob(["\ufeff", csvOf(block.querySelector("table"))], { type: "text/csv" }));
      link.download = `${document.querySelector("h1").textContent.trim()}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
    return button;
  };

  const copyButton = (block) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = words.copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.querySelector("pre").textContent);
      button.textContent = words.copied;
      button.dataset.done = "";
      setTimeout(() => {
        button.textContent = words.copy;
        delete button.dataset.done;
      }, 2000);
    });
    return button;
  };

  // What depends on the text: done again when a server that follows the vault has changed it.
  const dress = () => {
    links = all(".outline a").filter(target);
    follow();
    // What is too wide scrolls by keyboard too.
    for (const block of all("pre, .math-block")) {
      if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
    }
    // Code: a button that copies it.
    for (const block of all(".vk-code:not(:has(> .copy))")) {
      if (navigator.clipboard) block.append(copyButton(block));
    }
    // Pictures: each a button that shows it large, unless it is a link, or as small as a letter.
    if (nav) for (const image of all(".prose img:not([tabindex])")) {
      if (image.closest("a") || (image.width < 48 && image.getAttribute("width"))) continue;
      image.tabIndex = 0;
      image.role = "button";
      image.ariaLabel = image.alt ? `${words.enlarge}: ${image.alt}` : words.enlarge;
      for (const name of ["click", "keydown"]) image.addEventListener(name, enlarge);
    }
    // Tables: a button that saves what they say.
    for (const block of all(".prose > .vk-table:not(:has(> .csv))")) block.append(csvButton(block));
  };
  dress();
  document.addEventListener("vaultkit:changed", dress);
  addEventListener("resize", dress);

  // Backlinks: a pill shows one type only; without this script it jumps there.
  document.addEventListener("click", (event) => {
    const pill = event.target.closest(".sec > .pills a");
    if (!pill) return;
    event.preventDefault();
    const pills = pill.closest(".pills");
    for (const other of all("a", pills)) {
      const chosen = other === pill;
      if (chosen) other.setAttribute("aria-current", "true");
      else other.removeAttribute("aria-current");
      const group = target(other);
      if (!group.matches(".group")) continue;
      group.hidden = !chosen && pill !== pills.firstElementChild;
      if (chosen && group.matches("details")) group.open = true;
    }
  });
})();
