// Tables that readers sort and filter. A classic script, so that it runs from file:// too; without it a table is a table.
(() => {
  "use strict";
  const words = document.currentScript.dataset;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const made = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });

  // What a cell sorts by: what the build worked out, else its text; a number where it is one.
  const keyOf = (cell) => {
    const text = (cell && (cell.dataset.v ?? cell.textContent).trim()) || "";
    const number = text !== "" && Number(text);
    return { text, number: Number.isFinite(number) && text !== "" ? number : null };
  };
  // Numbers come before text, and what is empty last, whichever way it goes.
  const compare = (a, b) => {
    if (a.number !== null && b.number !== null) return a.number - b.number;
    if (a.number !== null || b.number !== null) return a.number !== null ? -1 : 1;
    return collator.compare(a.text, b.text);
  };

  const sort = (table, column, isDown) => {
    const body = table.tBodies[0];
    const keyed = [...body.rows].map((row, at) => ({ row, at, key: keyOf(row.cells[column]) }));
    keyed.sort((a, b) => {
      const empty = (a.key.text === "") - (b.key.text === "");
      return empty || (isDown ? -1 : 1) * compare(a.key, b.key) || a.at - b.at;
    });
    body.append(...keyed.map(({ row }) => row));
  };

  const sortable = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = made("button", { type: "button", className: "sort" }, ...head.childNodes);
      button.addEventListener("click", () => {
        const isDown = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
        sort(table, column, isDown);
      });
      head.append(button);
    });
  };

  // Rows stay if they hold every word, and bear the tag that is chosen.
  const filterable = (table, place) => {
    const input = made("input", { type: "search", placeholder: words.filter, ariaLabel: words.filter, autocomplete: "off" });
    const status = made("span", { role: "status" });
    const bar = made("div", { className: "bar" }, input, status);
    place.before(bar);
    const rows = [...table.tBodies[0].rows];
    const facets = all(".facets [data-tag]");
    let texts;
    const apply = () => {
      texts ??= rows.map((row) => row.textContent.toLowerCase());
      const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      const tag = facets.find((facet) => facet.hasAttribute("aria-current"));
      let n = 0;
      rows.forEach((row, at) => {
        const bears = !tag || (row.dataset.tags || "").includes(` ${tag.dataset.tag} `);
        row.hidden = !bears || !wanted.every((word) => texts[at].includes(word));
        n += !row.hidden;
      });
      status.textContent = !wanted.length && !tag ? "" : n ? `${n} / ${rows.length}` : words.nothing;
    };
    input.addEventListener("input", apply);
    for (const facet of facets) {
      facet.addEventListener("click", (event) => {
        event.preventDefault();
        const isChosen = facet.hasAttribute("aria-current");
        for (const other of facets) other.removeAttribute("aria-current");
        if (!isChosen) facet.setAttribute("aria-current", "true");
        apply();
      });
    }
    return bar;
  };

  // Things of a type can be chosen, to be set side by side on a page of its own.
  const choosable = (table, bar) => {
    const go = made("button", { type: "button", className: "do" }, words.compare);
    const boxes = [];
    const chosen = () => boxes.filter((box) => box.checked);
    const tell = () => {
      const n = chosen().length;
      go.setAttribute("aria-disabled", String(n < 2));
      go.textContent = n ? `${words.compare} (${n})` : words.compare;
    };
    for (const row of table.tBodies[0].rows) {
      const link = row.cells[0].querySelector("a");
      const box = made("input", { type: "checkbox", className: "pick", ariaLabel: `${words.choose}: ${link.textContent}` });
      // Known by its address from the root of the site, without the ending.
      box.value = link.getAttribute("href").slice(table.dataset.root.length).replace(/\.html$/, "");
      row.cells[0].prepend(box);
      boxes.push(box);
    }
    table.addEventListener("change", tell);
    go.addEventListener("click", () => {
      if (chosen().length < 2) return;
      const ids = chosen().map((box) => encodeURIComponent(box.value)).join(",");
      location.href = `${table.dataset.compare}&notes=${ids}`;
    });
    bar.append(go);
    tell();
  };

  for (const table of all("table.is-sortable")) {
    sortable(table);
    const bar = filterable(table, table.closest(".vk-table") || table);
    if (table.dataset.compare) choosable(table, bar);
  }
})();
