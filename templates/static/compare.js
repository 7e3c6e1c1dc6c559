// Notes side by side. Their names stand in the address, what is known of them in a script per type:
// scripts can be loaded from file:// too, and nothing of a note is ever read as HTML.
(() => {
  "use strict";
  const words = document.currentScript.dataset;
  const place = document.getElementById("vk.compare");
  const MOST = 12;
  const made = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // ?type=Actors&notes=Actors/A,Actors/B: a comma within an address is escaped, so parts are decoded last.
  const fields = Object.fromEntries(location.search.slice(1).split("&").map((field) => field.split("=")));
  const decoded = (text) => {
    try {
      return decodeURIComponent(text || "");
    } catch {
      return "";
    }
  };
  const type = decoded(fields.type);
  let chosen = [...new Set((fields.notes || "").split(",").map(decoded).filter(Boolean))].slice(0, MOST);

  const entry = [...document.querySelectorAll("[data-type]")].find((link) => link.dataset.type === type);
  if (!entry) {
    for (const link of document.querySelectorAll("[data-type]")) link.href = `?type=${encodeURIComponent(link.dataset.type)}`;
    return;
  }
  entry.setAttribute("aria-current", "true");

  const loaded = new Map();
  const load = (address) => {
    if (!loaded.has(address)) {
      loaded.set(address, new Promise((resolve) => {
        document.head.append(made("script", { src: address, onload: resolve, onerror: resolve }));
      }));
    }
    return loaded.get(address);
  };
  const found = (list) => (list || []).filter(([name]) => name === type).map(([, value]) => value);

  // An address from the data leads to a page of this site, or nowhere.
  const link = (text, path) => made("a", { href: new URL(path, document.baseURI).href }, text);
  const value = (parts) => (parts || []).map((part) => (typeof part === "string" ? part : link(part[0], part[1])));

  const show = async (titles, parts, script) => {
    const known = chosen.filter((id) => parts.has(id));
    await Promise.all([...new Set(known.map((id) => parts.get(id)))].map((part) => load(script.replace(/\.js$/, `--${part}.js`))));
    const facts = new Map();
    for (const data of found(self.vkKnown)) {
      for (const id of known) if (Object.hasOwn(data, id)) facts.set(id, new Map(data[id]));
    }
    // Keys by how many of the notes have them, then as the first has them.
    const keys = new Map();
    for (const id of known) for (const key of facts.get(id)?.keys() || []) keys.set(key, (keys.get(key) || 0) + 1);
    const ordered = [...keys.keys()].sort((a, b) => keys.get(b) - keys.get(a));

    const choice = made("input", { type: "search", placeholder: words.add, ariaLabel: words.add, autocomplete: "off" });
    choice.setAttribute("list", "vk.names");
    const names = made("datalist", { id: "vk.names" });
    for (const [id, title] of titles) if (!known.includes(id)) names.append(made("option", { value: title }));
    const status = made("span", { role: "status" });
    choice.addEventListener("change", () => {
      const id = [...titles].find(([, title]) => title.toLowerCase() === choice.value.trim().toLowerCase())?.[0];
      status.textContent = id ? "" : words.unknown;
      if (id) choose([...known, id]);
    });
    const bar = made("div", { className: "bar" }, choice, names, status);
    const choose = (ids) => {
      chosen = [...new Set(ids)].slice(-MOST);
      history.replaceState(null, "", `?type=${encodeURIComponent(type)}&notes=${chosen.map(encodeURIComponent).join(",")}`);
      show(titles, parts, script).then(() => place.querySelector("input").focus());
    };
    if (!known.length) return place.replaceChildren(bar);

    const head = made("tr", {}, made("th", {}, words.key));
    for (const id of known) {
      const drop = made("button", { type: "button", className: "drop", ariaLabel: `${words.remove}: ${titles.get(id)}` }, "×");
      drop.addEventListener("click", () => choose(known.filter((other) => other !== id)));
      head.append(made("th", { scope: "col" }, drop, link(titles.get(id), `${id}.html`)));
    }
    const table = made("table", {}, made("thead", {}, head));
    const body = table.createTBody();
    let n = 0;
    for (const key of ordered) {
      const row = made("tr", {}, made("th", { scope: "row" }, key));
      for (const id of known) row.append(made("td", {}, ...value(facts.get(id)?.get(key))));
      // What only one of several has can't be compared, and stands behind a button.
      if (known.length > 1 && keys.get(key) === 1) {
        row.className = "is-rare";
        n += 1;
      }
      body.append(row);
    }
    const scroll = made("div", { className: "vk-scroll", tabIndex: 0 }, table);
    const card = made("div", { className: "vk-table is-tall is-side is-facts" }, scroll);
    if (n) {
      const more = made("button", { type: "button", className: "do" }, `${words.rest} (${n})`);
      more.addEventListener("click", () => {
        for (const row of card.querySelectorAll(".is-rare")) row.classList.remove("is-rare");
        more.remove();
      });
      bar.append(more);
    }
    place.replaceChildren(bar, card);
  };

  load(entry.dataset.script).then(() => {
    const titles = new Map();
    const parts = new Map();
    for (const data of found(self.vkNames)) {
      for (const [part, things] of Object.entries(data)) {
        for (const [id, title] of things) {
          titles.set(id, title);
          parts.set(id, part);
        }
      }
    }
    document.getElementById("vk.types").hidden = chosen.some((id) => parts.has(id));
    return show(titles, parts, entry.dataset.script);
  });
})();
