// A dialog in which one types a few letters and is at a note: a combobox with a list of notes by type.
import { PAUSE, SWITCHED } from "./figures.js";
import { made, root } from "./files.js";
import { ALL, ask, CLOSE, dot, KEYS, PLACEHOLDER, say, shown, tell } from "./shown.js";

/** A function that opens the dialog. */
export const switcher = () => {
  const ariaLabel = PLACEHOLDER;
  const input = made("input", { role: "combobox", ariaLabel, placeholder: ariaLabel, ariaExpanded: false, ariaAutoComplete: "list", autocomplete: "off", spellcheck: false, enterKeyHint: "go" });
  const list = made("div", { role: "listbox", id: "vk.options", ariaLabel });
  const options = list.getElementsByTagName("a");
  const status = made("p", { role: "status" });
  const close = made("button", { ariaLabel: CLOSE });
  const dialog = made("dialog", { className: "vk-switcher", ariaLabel }, made("div", { className: "vk-field" }, input, close), list, made("footer", {}, status, made("span", {}, KEYS)));
  let chosen = 0;
  let answered;

  const choose = (at) => {
    chosen = at;
    for (const one of options) one.ariaSelected = one === options[at];
    input.setAttribute("aria-activedescendant", options[at]?.id ?? "");
    options[at]?.scrollIntoView({ block: "nearest" });
  };
  const option = (href, ...parts) => made("a", { role: "option", tabIndex: -1, id: href, href }, ...parts);
  const fill = async () => {
    const text = input.value.trim();
    // What one is still typing isn't worth more texts than are shown.
    const found = await ask(PAUSE, text, SWITCHED, SWITCHED);
    if (!found) return;
    list.replaceChildren();
    for (const [type, href, title, alias, quote] of shown(found)) {
      let group = [...list.children].find((one) => one.ariaLabel === type);
      if (!group) list.append(group = made("div", { role: "group", ariaLabel: type }));
      group.append(option(href, dot(type), made("span", {}, made("b", {}, ...title), " ", alias, quote)));
    }
    if (found.hits[0] || found.rest) list.append(option(`${root}search.html?q=${encodeURIComponent(text)}`, say(ALL, { q: text })));
    input.ariaExpanded = !!options[0];
    tell(status, found, text, SWITCHED);
    choose(0);
  };

  input.oninput = () => (answered = fill());
  input.onkeydown = async (event) => {
    const { key, ctrlKey, metaKey, isComposing } = event;
    const to = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, Home: 0, End: -1, Enter: 0 }[key];
    if (isComposing || isNaN(to)) return;
    event.preventDefault();
    // Whoever is quicker than the answer means its first line.
    await answered;
    const n = options.length;
    if (key !== "Enter") choose((to + n) % n);
    else if (n) open(options[chosen].href, ctrlKey || metaKey ? "_blank" : "_self");
  };
  // A click beside the dialog is one on its backdrop, which is the dialog itself.
  dialog.onclick = ({ target }) => target.matches("dialog, button") && dialog.close();
  input.setAttribute("aria-controls", list.id);
  // Outside of the body, which belongs to whoever shows the page anew.
  document.documentElement.append(dialog);
  return () => {
    if (!dialog.open) dialog.showModal();
    input.select();
  };
};
