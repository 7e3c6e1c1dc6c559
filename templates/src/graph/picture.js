// The picture: sigma draws notes and links once; what one note is linked with is drawn above them, the rest fades.
import Graph from "graphology";
import Sigma from "sigma";
import { faint, reader, veil } from "./colors.js";

const N_GROUPS = 12; // With a color of their own.
const LINES = [0.14, 0.22, 0.3, 0.42]; // Opacity of links, by how heavy they are.
const LINES_DARK = [0.16, 0.24, 0.34, 0.46];
const N_NAMED = 40; // Neighbors with a name.
const LONGEST = 34; // Letters of a name.

/** Where the name of a note stands, about: its width is guessed, for measuring each in each frame takes too long. */
const boxOf = ({ x, y, r }, text, size) => [x + r + 3, y - size * 0.7, 0.56 * size * text.length + 5, size * 1.35];
const isFree = ([x, y, width, height], taken) =>
  taken.every((other) => x > other[0] + other[2] || other[0] > x + width || y > other[1] + other[3] || other[1] > y + height);

/** A picture of the graph in an element; `by` is what colors it, `hides` says of a note whether it is left out. */
export function picture(stage, graph, { by, hides, isStill, onPoint, onPick, onOpen }) {
  const color = reader(stage.parentElement);
  let [look, coloring, focus, withLight] = [null, by, -1, false];

  const paint = () => {
    const ground = color("is-ground");
    // The more links there are, the finer they are drawn.
    const fine = Math.min(1, Math.max(0.3, 60 / Math.sqrt(graph.edges.from.length + 1)));
    const lines = (parseInt(ground.slice(4), 10) < 128 ? LINES_DARK : LINES).map((opacity) => opacity * fine);
    const ink = color("is-line");
    const groups = Array.from({ length: N_GROUPS }, (_, number) => color(`dot g${number}`));
    look = {
      ground,
      ink: color("is-ink"),
      accent: color("is-accent"),
      alone: color("is-line"),
      types: graph.types.map((type) => color(`dot ${type.color}`)),
      groups,
      within: groups.map((group) => lines.map((opacity) => ({ size: 0.6, color: veil(group, opacity) }))),
      lines: lines.map((opacity) => ({ size: 0.6, color: veil(ink, opacity) })),
      font: getComputedStyle(stage).fontFamily,
    };
  };
  paint();
  const colorOf = (i) => {
    const own = coloring === "type" ? look.types[graph.type[i]] : look.groups[graph.group[i]];
    return own || look.alone;
  };

  const drawn = new Graph({ type: "undirected", multi: false, allowSelfLoops: false });
  // A few notes are drawn larger than thousands, and on a phone all are smaller.
  const scale = () => {
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    const room = Math.max(1, Math.sqrt((width * height) / graph.n) / 15) ** 0.35;
    return room * Math.min(1.15, Math.max(0.55, Math.min(width, height) / 800));
  };
  let sized = scale();
  // Days mention everything: by their links alone they would hide what they mention.
  const sizeOf = (i) => sized * (1.1 + Math.min(11, (graph.isDated(i) ? 0.15 : 0.36) * Math.sqrt(graph.degree[i])));
  for (let i = 0; i < graph.n; i++) drawn.addNode(i, { x: graph.x[i], y: graph.y[i], i });
  const HIDDEN = { hidden: true };
  graph.edges.from.forEach((from, k) => {
    const to = graph.edges.to[k];
    drawn.addUndirectedEdgeWithKey(k, from, to, { heavy: graph.edges.heavy[k], group: graph.group[from] === graph.group[to] ? graph.group[from] : -1 });
  });

  const nameOf = (i) => {
    const title = graph.titles[i];
    return title.length > LONGEST ? `${title.slice(0, LONGEST - 1).trimEnd()}…` : title;
  };
  const write = (context, text, x, y, { size = 12, weight = 500 } = {}) => {
    context.font = `${weight} ${size}px ${look.font}`;
    context.lineWidth = 3.5;
    context.lineJoin = "round";
    context.strokeStyle = look.ground;
    context.fillStyle = look.ink;
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  };

  let labels = [];
  const sigma = new Sigma(drawn, stage, {
    defaultEdgeType: "line",
    nodeReducer: (_, { x, y, i }) => (hides(i) ? { x, y, hidden: true } : { x, y, size: sizeOf(i), color: colorOf(i), label: nameOf(i) }),
    edgeReducer: (_, { heavy, group }) => (heavy || withLight ? (((coloring === "group" && look.within[group]) || look.lines)[heavy]) : HIDDEN),
    hideEdgesOnMove: true,
    labelRenderedSizeThreshold: 5,
    labelDensity: 1.6,
    labelGridCellSize: 110,
    minEdgeThickness: 1.2,
    stagePadding: 36,
    minCameraRatio: 0.02,
    maxCameraRatio: 2.5,
    enableCameraRotation: false,
    zIndex: false,
    // A millisecond, for sigma divides by it.
    doubleClickZoomingDuration: isStill() ? 1 : 200,
    zoomDuration: isStill() ? 1 : 250,
    inertiaDuration: isStill() ? 1 : 200,
    // The names that sigma chooses are written when all are known: the larger ones first, none on another.
    defaultDrawNodeLabel: (context, data) => {
      if (data.label) labels.push({ context, text: data.label, x: data.x, y: data.y, r: data.size });
    },
    defaultDrawNodeHover: () => {},
  });
  const camera = sigma.getCamera();

  // What is in focus, on a canvas of its own above all others but the one that hears the mouse.
  const layer = document.createElement("canvas");
  layer.className = "focus";
  stage.insertBefore(layer, stage.querySelector(".sigma-mouse"));
  const at = (i) => sigma.graphToViewport({ x: graph.x[i], y: graph.y[i] });
  const radius = (i) => sigma.scaleSize(sizeOf(i));

  const draw = () => {
    const [width, height, fine] = [stage.clientWidth, stage.clientHeight, devicePixelRatio || 1];
    if (layer.width !== Math.round(width * fine) || layer.height !== Math.round(height * fine)) {
      [layer.width, layer.height] = [Math.round(width * fine), Math.round(height * fine)];
    }
    const context = layer.getContext("2d");
    context.setTransform(fine, 0, 0, fine, 0, 0);
    context.clearRect(0, 0, width, height);
    if (focus < 0) return;
    const here = at(focus);
    const around = graph.near(focus).filter(({ note }) => !hides(note)).map((one) => ({ ...one, ...at(one.note), r: radius(one.note) }));
    // Many lines are finer than few.
    const strength = Math.min(1, 5 / Math.sqrt(around.length + 1) + 0.15);
    for (const one of around) line(context, here, one, strength);
    for (const one of [...around].reverse()) ball(context, one.x, one.y, one.r, colorOf(one.note));
    names(context, around, here, width, height);
    const r = radius(focus);
    ball(context, here.x, here.y, r, colorOf(focus));
    context.beginPath();
    context.arc(here.x, here.y, r + 3.5, 0, 7);
    context.lineWidth = 2;
    context.strokeStyle = look.accent;
    context.stroke();
    write(context, nameOf(focus), here.x + r + 8, here.y + 5, { size: 15, weight: 650 });
  };
  const ball = (context, x, y, r, fill) => {
    context.beginPath();
    context.arc(x, y, r, 0, 7);
    context.fillStyle = fill;
    context.fill();
    context.lineWidth = 1;
    context.strokeStyle = look.ground;
    context.stroke();
  };
  const line = (context, here, one, strength) => {
    const [dx, dy] = [one.x - here.x, one.y - here.y];
    const length = Math.hypot(dx, dy) || 1;
    context.strokeStyle = context.fillStyle = faint(colorOf(one.note), strength * (0.45 + 0.15 * one.heavy));
    context.lineWidth = 0.8 + 0.4 * one.heavy * strength;
    context.beginPath();
    context.moveTo(here.x, here.y);
    context.lineTo(one.x, one.y);
    context.stroke();
    // An arrow at each end that the link leads to.
    const [ux, uy] = [dx / length, dy / length];
    if (length > 26) {
      if (one.ways & 1) arrow(context, one.x - ux * (one.r + 1), one.y - uy * (one.r + 1), ux, uy);
      if (one.ways & 2) arrow(context, here.x + ux * (radius(focus) + 5), here.y + uy * (radius(focus) + 5), -ux, -uy);
    }
  };
  const arrow = (context, x, y, ux, uy) => {
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x - ux * 7 - uy * 2.8, y - uy * 7 + ux * 2.8);
    context.lineTo(x - ux * 7 + uy * 2.8, y - uy * 7 - ux * 2.8);
    context.fill();
  };
  /** The names of the most linked neighbors, as far as none covers another. */
  const names = (context, around, here, width, height) => {
    const taken = [[here.x, here.y - 12, 9 * nameOf(focus).length, 24]];
    let n = 0;
    for (const one of around) {
      if (n >= N_NAMED) break;
      if (one.x < 0 || one.y < 0 || one.x > width || one.y > height) continue;
      const text = nameOf(one.note);
      const box = boxOf(one, text, 12);
      if (!isFree(box, taken)) continue;
      taken.push(box);
      write(context, text, box[0], one.y + 4);
      n++;
    }
  };
  // Seen from afar, thousands of links would be a gray cloud: they fade as a whole, so that none is lost where they are few.
  const veiled = () => {
    const afar = Math.min(1, Math.max(0, (camera.ratio - 0.12) / 0.6));
    const crowd = Math.min(1, 110 / Math.sqrt(graph.edges.from.length + 1));
    stage.style.setProperty("--links", (1 - afar * (1 - crowd)).toFixed(2));
  };
  sigma.on("beforeRender", () => {
    labels = [];
  });
  const label = () => {
    const taken = [];
    for (const one of labels.sort((a, b) => b.r - a.r)) {
      const size = Math.min(15, 10.5 + one.r / 4);
      const box = boxOf(one, one.text, size);
      if (!isFree(box, taken)) continue;
      taken.push(box);
      write(one.context, one.text, box[0], one.y + size / 3, { size, weight: one.r > 9 ? 600 : 500 });
    }
  };
  sigma.on("afterRender", () => {
    label();
    veiled();
    draw();
  });

  const show = (i) => {
    focus = i;
    stage.classList.toggle("is-focused", i >= 0);
    draw();
  };
  sigma.on("enterNode", ({ node }) => {
    stage.classList.add("is-over");
    onPoint(Number(node));
  });
  sigma.on("leaveNode", () => {
    stage.classList.remove("is-over");
    onPoint(-1);
  });
  sigma.on("clickNode", ({ node, event: { original } }) => {
    // A finger points at nothing before it touches: its first touch shows.
    if (original.type.startsWith("touch")) onPick(Number(node));
    else onOpen(Number(node), original.ctrlKey || original.metaKey || original.shiftKey);
  });
  sigma.on("clickStage", () => onPick(-1));
  sigma.on("resize", () => {
    sized = scale();
    sigma.refresh();
  });

  const move = (state, duration = 350) => {
    if (isStill()) camera.setState(state);
    else camera.animate(state, { duration, easing: "cubicInOut" });
  };
  // Links that stand for one mention are most of all, and the faintest: the picture is there before them.
  const rest = () => {
    withLight = true;
    sigma.refresh({ schedule: true });
  };
  (self.requestIdleCallback || setTimeout)(rest, { timeout: 400 });

  return {
    show,
    at,
    zoom: (factor) => move({ ratio: sigma.getCamera().getBoundedRatio(camera.ratio * factor) }, 200),
    fit: () => move({ x: 0.5, y: 0.5, ratio: 1, angle: 0 }),
    /** Bring a note into the middle, close enough to see what is around it. */
    go: (i, closest = 0.4) => {
      const { x, y } = sigma.getNodeDisplayData(String(i));
      const ratio = Math.min(camera.ratio, closest);
      // Where what is told of it covers the lower half, it comes into the upper one.
      const [width, height] = [stage.clientWidth, stage.clientHeight];
      const below = width < 600 ? (0.23 * ratio * height) / Math.min(width, height) : 0;
      move({ x, y: y - below, ratio });
    },
    /** Bring some notes into view. */
    frame: (some) => {
      if (!some.length) return;
      const spots = some.map((i) => sigma.getNodeDisplayData(String(i)));
      const [xs, ys] = ["x", "y"].map((axis) => spots.map((spot) => spot[axis]).sort((a, b) => a - b));
      const part = (values, share) => values[Math.min(values.length - 1, Math.floor(values.length * share))];
      const [left, right, low, high] = [part(xs, 0.02), part(xs, 0.98), part(ys, 0.02), part(ys, 0.98)];
      move({ x: (left + right) / 2, y: (low + high) / 2, ratio: Math.min(1, Math.max(0.12, Math.max(right - left, high - low) * 1.25)) });
    },
    isInside: (i) => {
      const { x, y } = at(i);
      return x > 40 && y > 40 && x < stage.clientWidth - 40 && y < stage.clientHeight - 40;
    },
    colorBy: (kind) => {
      coloring = kind;
      sigma.refresh();
    },
    refresh: () => sigma.refresh(),
    repaint: () => {
      paint();
      sigma.refresh();
    },
    sigma,
  };
}
