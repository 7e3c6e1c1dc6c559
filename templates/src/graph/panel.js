// What colors the picture and what is left out of it: the legend, and filters by type, group, tag, folder and links.

const N_GROUPS = 12; // That the legend names.
const STEPS = [0, 1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200];

export function panel(place, graph, { number, onFilter, onColor }) {
  const part = (name) => place.querySelector(`[data-part=${name}]`);
  const chosen = { type: new Set(), group: new Set() };
  let [tagged, folder, least] = [null, "", 0];
  let by = "";
  const legends = { type: part("types"), group: part("groups") };

  const hides = (i) =>
    (chosen.type.size > 0 && !chosen.type.has(graph.type[i])) ||
    (chosen.group.size > 0 && !chosen.group.has(Math.min(graph.group[i], N_GROUPS))) ||
    (tagged !== null && !tagged.has(i)) ||
    (folder && graph.folders[graph.folder[i]] !== folder && !graph.folders[graph.folder[i]].startsWith(`${folder}/`)) ||
    graph.degree[i] < least;

  const filtered = () => {
    const some = [];
    for (let i = 0; i < graph.n; i++) if (!hides(i)) some.push(i);
    const isAll = some.length === graph.n;
    part("shown").textContent = isAll ? "" : `${number.format(some.length)} / ${number.format(graph.n)}`;
    part("nothing").hidden = some.length > 0;
    part("reset").hidden = isAll;
    onFilter(isAll ? null : some);
  };

  const entry = (kind, id, name, classes, count) => {
    const [item, button, mark, text, sum] = ["li", "button", "i", "span", "span"].map((tag) => document.createElement(tag));
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    mark.className = classes;
    text.textContent = name;
    sum.className = "count";
    sum.textContent = number.format(count);
    button.append(mark, text, sum);
    button.addEventListener("click", () => {
      if (!chosen[kind].delete(id)) chosen[kind].add(id);
      button.setAttribute("aria-pressed", String(chosen[kind].has(id)));
      filtered();
    });
    item.append(button);
    legends[kind].append(item);
  };

  // Types, in the order of their ranks, which their colors follow; notes of none last.
  const counts = new Map();
  for (const type of graph.type) counts.set(type, (counts.get(type) || 0) + 1);
  graph.types.forEach(({ name, color }, id) => entry("type", id, name, `dot ${color}`, counts.get(id)));
  if (counts.has(-1)) entry("type", -1, place.dataset.untyped, "dot g-none", counts.get(-1));

  // Groups bear the names of their most linked notes; days mention all and say little.
  const nameOf = (members) => {
    const telling = members.filter((i) => !graph.isDated(i));
    return (telling.length ? telling : members).slice(0, 2).map((i) => graph.titles[i]).join(" · ");
  };
  graph.groups.slice(0, N_GROUPS).forEach((members, id) => {
    entry("group", id, nameOf(members), `dot g${id}`, members.length);
  });
  const rest = graph.groups.slice(N_GROUPS).reduce((sum, members) => sum + members.length, 0);
  if (rest) entry("group", N_GROUPS, place.dataset.others, "dot g-none", rest);
  const alone = graph.group.filter((group) => group < 0).length;
  if (alone) entry("group", -1, place.dataset.alone, "dot g-none", alone);

  const options = (field, found) => {
    field.append(...found.map(([name, text]) => {
      const option = document.createElement("option");
      option.value = name;
      option.textContent = text;
      return option;
    }));
    field.closest("label").hidden = !found.length;
  };
  options(part("tag"), graph.tags.map(({ name, notes }, id) => [String(id), `#${name} (${number.format(notes.length)})`]));
  options(part("folder"), graph.folders.length > 1 ? graph.folders.filter(Boolean).map((name) => [name, name]) : []);
  part("tag").addEventListener("change", ({ target }) => {
    tagged = target.value ? new Set(graph.tags[Number(target.value)].notes) : null;
    filtered();
  });
  part("folder").addEventListener("change", ({ target }) => {
    folder = target.value;
    filtered();
  });
  const most = graph.degree.reduce((one, two) => Math.max(one, two), 0);
  const steps = STEPS.filter((step) => step <= most);
  part("least").max = String(steps.length - 1);
  const told = () => {
    least = steps[Number(part("least").value)] || 0;
    part("least-told").textContent = number.format(least);
    part("least").setAttribute("aria-valuetext", String(least));
  };
  part("least").addEventListener("input", told);
  part("least").addEventListener("change", filtered);

  const color = (kind) => {
    by = kind;
    for (const button of place.querySelectorAll("[data-by]")) button.setAttribute("aria-pressed", String(button.dataset.by === kind));
    legends.type.hidden = kind !== "type";
    legends.group.hidden = kind !== "group";
  };
  for (const button of place.querySelectorAll("[data-by]")) {
    button.addEventListener("click", () => {
      color(button.dataset.by);
      onColor(by);
    });
  }
  // Where most notes are of one type, its color would be all there is to see.
  const largest = Math.max(...[...counts.values(), 0]);
  color(graph.types.length > 1 && largest * 2 < graph.n ? "type" : graph.groups.length > 1 ? "group" : "type");
  if (matchMedia("(max-width: 60rem)").matches) part("options").open = false;

  const reset = () => {
    for (const set of Object.values(chosen)) set.clear();
    for (const button of place.querySelectorAll("[data-part=types] button, [data-part=groups] button")) button.setAttribute("aria-pressed", "false");
    [tagged, folder] = [null, ""];
    for (const name of ["tag", "folder"]) part(name).value = "";
    part("least").value = "0";
    told();
    filtered();
  };
  part("reset").addEventListener("click", () => {
    reset();
    part("query").focus({ preventScroll: true });
  });
  told();

  return {
    get by() {
      return by;
    },
    hides,
    reset,
  };
}
