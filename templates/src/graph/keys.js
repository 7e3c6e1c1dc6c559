// The picture by keyboard: arrows go from note to note, Enter opens one.

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function keys(stage, graph, drawn, { picked, hides, pick, open }) {
  stage.addEventListener("keydown", (event) => {
    if (event.altKey || (event.ctrlKey && event.key !== "Enter") || event.metaKey) return;
    const here = picked();
    if (event.key in WAYS) pick(here < 0 ? first() : next(here, WAYS[event.key]));
    else if (event.key === "Enter" && here >= 0) open(here, event.ctrlKey);
    else if (event.key === "Escape") pick(-1);
    else if (event.key === "+" || event.key === "=") drawn.zoom(0.6);
    else if (event.key === "-") drawn.zoom(1 / 0.6);
    else if (event.key === "0") drawn.fit();
    else return;
    event.preventDefault();
  });

  /** The most linked note that is in view. */
  function first() {
    let most = -1;
    for (let i = 0; i < graph.n; i++) {
      if (!hides(i) && drawn.isInside(i) && (most < 0 || graph.degree[i] > graph.degree[most])) most = i;
    }
    return most;
  }

  /** The nearest note on that side; what lies off the line counts as farther. */
  function next(here, [wayX, wayY]) {
    const from = drawn.at(here);
    let [nearest, least] = [here, Infinity];
    for (let i = 0; i < graph.n; i++) {
      if (i === here || hides(i)) continue;
      const { x, y } = drawn.at(i);
      const along = (x - from.x) * wayX + (y - from.y) * wayY;
      const beside = Math.abs((x - from.x) * wayY + (y - from.y) * wayX);
      if (along <= 0 || beside > along * 1.2) continue;
      const far = along + 2 * beside;
      if (far < least) [nearest, least] = [i, far];
    }
    return nearest;
  }
}
