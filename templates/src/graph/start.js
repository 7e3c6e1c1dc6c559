// The page around the picture: what is asked of it, and what it answers.
import { whenSchemeChanges } from "./colors.js";
import { finder } from "./find.js";
import { keys } from "./keys.js";
import { panel } from "./panel.js";
import { picture } from "./picture.js";

/** Make the page of its parts; `place` is the element that holds them. */
export function start(place, graph) {
  const part = (name) => place.querySelector(`[data-part=${name}]`);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const root = place.dataset.root;
  const number = new Intl.NumberFormat(document.documentElement.lang || undefined);
  const address = (i) => root + graph.urls[i].split("/").map(encodeURIComponent).join("/");
  const open = (i, apart) => (apart ? window.open(address(i), "_blank") : location.assign(address(i)));
  let picked = -1;

  // Shown before it is drawn: a picture has to know its size.
  place.classList.add("is-drawn");
  for (const name of ["search", "options", "map"]) part(name).hidden = false;
  const filters = panel(place, graph, { number, onFilter, onColor: (kind) => drawn.colorBy(kind) });
  const drawn = picture(part("stage"), graph, {
    by: filters.by,
    hides: (i) => filters.hides(i),
    isStill: () => calm.matches,
    onPoint: (i) => drawn.show(i >= 0 ? i : picked),
    onPick: pick,
    onOpen: open,
  });
  const dot = (i) => (graph.type[i] >= 0 ? `dot ${graph.types[graph.type[i]].color}` : "dot g-none");
  finder(part("query"), part("found"), graph, { dot, onPoint: (i) => drawn.show(i >= 0 ? i : picked), onPick: choose, onOpen: open });
  keys(part("stage"), graph, drawn, { picked: () => picked, hides: (i) => filters.hides(i), pick: choose, open });

  function onFilter(some) {
    if (picked >= 0 && filters.hides(picked)) pick(-1);
    drawn.refresh();
    if (some) drawn.frame(some);
    else drawn.fit();
  }

  /** Keep a note in focus, and say what it is; -1 for none. */
  function pick(i) {
    picked = i;
    drawn.show(i);
    part("card").hidden = i < 0;
    history.replaceState(null, "", i < 0 ? location.pathname : `#${encodeURI(graph.urls[i])}`);
    if (i >= 0) fill(i);
  }

  /** The same for one that was asked for by name: it comes into view, whatever was filtered. */
  function choose(i) {
    if (i >= 0 && filters.hides(i)) filters.reset();
    pick(i);
    if (i >= 0 && !drawn.isInside(i)) drawn.go(i, 1);
  }

  function fill(i) {
    const type = graph.types[graph.type[i]];
    part("title").textContent = graph.titles[i];
    part("title").href = address(i);
    part("kind").textContent = [type?.name, graph.folders[graph.folder[i]]].filter((name, at, all) => name && all.indexOf(name) === at).join(" · ");
    part("kind-dot").className = dot(i);
    part("degree").textContent = number.format(graph.degree[i]);
    part("near").replaceChildren(...graph.near(i).slice(0, 12).map(({ note, ways }) => {
      const [item, button, name, way] = ["li", "button", "span", "small"].map((tag) => document.createElement(tag));
      button.type = "button";
      name.textContent = graph.titles[note];
      way.textContent = ["", "→", "←", "↔"][ways];
      const mark = document.createElement("i");
      mark.className = dot(note);
      button.append(mark, name, way);
      button.addEventListener("click", () => choose(note));
      button.addEventListener("pointerenter", () => drawn.show(note));
      button.addEventListener("pointerleave", () => drawn.show(picked));
      item.append(button);
      return item;
    }));
  }

  part("close").addEventListener("click", () => {
    pick(-1);
    part("stage").focus({ preventScroll: true });
  });
  part("in").addEventListener("click", () => drawn.zoom(0.6));
  part("out").addEventListener("click", () => drawn.zoom(1 / 0.6));
  part("fit").addEventListener("click", () => drawn.fit());
  whenSchemeChanges(() => drawn.repaint());

  // The note that an address names: from the neighbors on its page, or as it was left.
  const named = () => {
    const asked = new URLSearchParams(location.search).get("at") || decoded(location.hash.slice(1));
    const i = asked ? graph.urls.indexOf(asked) : -1;
    if (i < 0) return;
    pick(i);
    drawn.go(i, 0.45);
  };
  addEventListener("hashchange", named);
  // A server that follows the vault changed the page: other notes, other links, so another picture.
  document.addEventListener("vaultkit:changed", () => location.reload());
  named();
  // For whoever wants to know: tests, and a theme's own script.
  self.vkGraphDrawn = { ...drawn, graph };
  place.dataset.ready = "";
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
