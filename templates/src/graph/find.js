// The field that finds a note by its title: a combobox with the best few, the most linked first.

const SHOWN = 9;

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Numbers of the notes whose titles begin so, then of those with a word that does, then of those that hold it. */
export function found(titles, degree, asked) {
  const wanted = plain(asked.trim());
  if (!wanted) return [];
  const ranked = [];
  titles.forEach((title, i) => {
    const at = title.indexOf(wanted);
    if (at < 0) return;
    const rank = at === 0 ? (title.length === wanted.length ? 0 : 1) : /[\p{L}\p{N}]/u.test(title[at - 1]) ? 3 : 2;
    ranked.push([rank, -degree[i], i]);
  });
  ranked.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  return ranked.slice(0, SHOWN).map(([, , i]) => i);
}

export function finder(field, list, graph, { dot, onPoint, onPick, onOpen }) {
  let titles;
  let some = [];
  let at = -1;
  const close = () => {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    at = -1;
  };
  const point = (next) => {
    at = next;
    [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
    if (at < 0) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
    onPoint(some[at]);
  };
  const take = (i, event) => {
    close();
    field.value = graph.titles[i];
    if (event.ctrlKey || event.metaKey) onOpen(i, true);
    else onPick(i);
  };
  const look = () => {
    titles ||= graph.titles.map(plain);
    some = found(titles, graph.degree, field.value);
    list.replaceChildren(...some.map((i, number) => {
      const [option, mark, name] = ["li", "i", "span"].map((tag) => document.createElement(tag));
      option.id = `vk.found.${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      mark.className = dot(i);
      name.textContent = graph.titles[i];
      option.append(mark, name);
      // Before the field loses the focus, which closes the list.
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        take(i, event);
      });
      return option;
    }));
    list.hidden = !some.length;
    field.setAttribute("aria-expanded", String(some.length > 0));
    field.removeAttribute("aria-activedescendant");
    at = -1;
    onPoint(-1);
  };
  field.addEventListener("input", look);
  field.addEventListener("focus", () => field.select());
  field.addEventListener("blur", () => {
    close();
    onPoint(-1);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (list.hidden) field.value = "";
      close();
      onPoint(-1);
    } else if (event.key === "Enter" && field.value.trim()) {
      const i = list.hidden ? found(titles || graph.titles.map(plain), graph.degree, field.value)[0] : some[Math.max(at, 0)];
      // Once more on the same note goes there.
      if (i !== undefined && list.hidden) onOpen(i, event.ctrlKey || event.metaKey);
      else if (i !== undefined) take(i, event);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && some.length) {
      event.preventDefault();
      if (list.hidden) {
        look();
        if (list.hidden) return;
      }
      const step = event.key === "ArrowDown" ? 1 : -1;
      point((at + step + (at < 0 && step < 0 ? 1 : 0) + some.length) % some.length);
    }
  });
}
