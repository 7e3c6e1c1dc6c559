// A dialog in which one types a few letters and is at a note: a combobox with a list of notes by type.
import { made, root } from "./files.js";
import { answers, dot, said, say, shower } from "./shown.js";

/** How many notes are shown. */
const MOST = 8;

/** Milliseconds in which nothing more was typed before anything is asked. */
const PAUSE = 60;

/** A function that opens the dialog. */
export function switcher() {
  const label = say("placeholder");
  const input = made("input", { role: "combobox", ariaLabel: label, placeholder: label, ariaExpanded: "false", ariaAutoComplete: "list", autocomplete: "off", spellcheck: false, enterKeyHint: "go" });
  const list = made("div", { role: "listbox", id: "vk.options", ariaLabel: label });
  const status = made("p", { role: "status" });
  const close = made("button", { ariaLabel: "Esc: " + say("close"), onclick: () => dialog.close() }, made("kbd", {}, "Esc"));
  const dialog = made("dialog", { className: "vk-switcher", ariaLabel: label }, made("div", { className: "vk-field" }, input, close), list, made("footer", {}, status, made("span", {}, say("keys"))));
  const ask = answers();
  let options = [];
  let chosen = 0;
  let answered;

  const choose = (at) => {
    chosen = at;
    input.setAttribute("aria-activedescendant", options[at]?.id || "");
    options.forEach((one, its) => (one.ariaSelected = String(its === at)));
    options[at]?.scrollIntoView({ block: "nearest" });
  };
  const option = (href, ...parts) => made("a", { role: "option", tabIndex: -1, href }, ...parts);
  const fill = async () => {
    const text = input.value.trim();
    // What one is still typing isn't worth more texts than are shown.
    const found = await ask(PAUSE, text, MOST, MOST, MOST);
    if (!found) return;
    const show = shower(found.query);
    const groups = new Map();
    for (const note of found.texts.filter(Boolean)) {
      const { href, type, title, alias, quote } = show(note);
      if (!groups.has(type)) groups.set(type, made("div", { role: "group", ariaLabel: type }, made("div", { className: "label", ariaHidden: "true" }, type)));
      groups.get(type).append(option(href, dot(type), made("span", {}, made("b", {}, ...title), ...alias, made("span", { className: "quote" }, ...quote))));
    }
    const n = found.hits.length;
    list.replaceChildren(...groups.values(), ...(n || found.rest ? [option(`${root}search.html?q=${encodeURIComponent(text)}`, say("all", { q: text }))] : []));
    options = [...list.querySelectorAll("a")];
    options.forEach((one, at) => (one.id = "vk.option" + at));
    input.ariaExpanded = String(!!n);
    status.textContent = said(found, text, MOST);
    choose(0);
  };

  input.addEventListener("input", () => (answered = fill()));
  input.addEventListener("keydown", async (event) => {
    const { key, ctrlKey, metaKey, isComposing } = event;
    const n = options.length;
    const to = { ArrowDown: (chosen + 1) % n, ArrowUp: (chosen + n - 1) % n, Home: 0, End: n - 1 }[key];
    if (isComposing || (to === undefined && key !== "Enter")) return;
    event.preventDefault();
    // Whoever is quicker than the answer means its first line.
    await answered;
    if (key !== "Enter") choose(n && to);
    else if (options[chosen]) open(options[chosen].href, ctrlKey || metaKey ? "_blank" : "_self");
  });
  // A click beside the dialog is one on its backdrop, which is the dialog itself.
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  input.setAttribute("aria-controls", list.id);
  // Outside of the body, which belongs to whoever shows the page anew.
  document.documentElement.append(dialog);
  return () => {
    if (!dialog.open) dialog.showModal();
    input.select();
  };
}
