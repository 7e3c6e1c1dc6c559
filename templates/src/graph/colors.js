// Colors, as the style sheets say them now: a canvas knows no custom properties, nor light and dark.

/** A reader of colors: the background that an element of these classes would have. */
export function reader(place) {
  const probe = document.createElement("i");
  probe.className = "probe";
  place.append(probe);
  return (classes) => {
    probe.className = `probe ${classes}`;
    return getComputedStyle(probe).backgroundColor;
  };
}

/** `rgb(1, 2, 3)` with an opacity. */
export function faint(color, opacity) {
  const [red, green, blue] = color.match(/[\d.]+/g);
  return `rgba(${red}, ${green}, ${blue}, ${opacity})`;
}

/** The same for WebGL, which takes colors that are multiplied with their opacity. */
export function veil(color, opacity) {
  return `rgba(${color.match(/[\d.]+/g).slice(0, 3).map((part) => Math.round(part * opacity)).join(", ")}, ${opacity})`;
}

/** Call when the reader, or the reader's system, changes between light and dark. */
export function whenSchemeChanges(call) {
  new MutationObserver(call).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", call);
}
