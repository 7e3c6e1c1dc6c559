// What is drawn, from the two files that the build made: classic scripts, since from the disk nothing else may be read.

/** Load both files, and resolve to the graph that they tell of. */
export async function read(notesAddress, linksAddress) {
  const parts = {};
  self.vkGraph = (name, part) => {
    parts[name] = part;
  };
  await Promise.all([notesAddress, linksAddress].map(load));
  return unpacked(parts.notes, parts.links);
}

function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${address} can't be loaded.`));
    script.src = address;
    document.head.append(script);
  });
}

/**
 * The graph as arrays with an entry a note, by its number.
 *
 * Edges are triples in arrays of their own: `from`, `to`, how heavy (0 to 3) and which ways
 * (1 from `from` to `to`, 2 back, 3 both). `near(i)` lists a note's neighbors, the most linked first.
 */
export function unpacked(notes, links) {
  const n = notes.titles.length;
  const folder = spread(notes.folder);
  const urls = notes.titles.map((title, i) => `${notes.folders[folder[i]][1]}${title.replaceAll(" ", "-")}.html`);
  for (const [i, url] of notes.others) urls[i] = url;
  const tags = notes.tags.map(([name, steps]) => {
    let at = 0;
    return { name, notes: steps.map((step) => (at += step)) };
  });
  const group = new Int32Array(n).fill(-1);
  const groups = links.groups.map(() => []);
  let next = 0;
  links.groups.forEach((size, number) => {
    for (const end = next + size; next < end; next++) {
      group[next] = number;
      groups[number].push(next);
    }
  });
  const m = links.pairs.reduce((sum, pairs) => sum + pairs.length, 0);
  const edges = { from: new Int32Array(m), to: new Int32Array(m), heavy: new Uint8Array(m), ways: new Uint8Array(m) };
  const degree = new Int32Array(n);
  let k = 0;
  links.pairs.forEach((pairs, a) => {
    let b = a;
    for (const pair of pairs) {
      b += pair >> 4;
      [edges.from[k], edges.to[k], edges.heavy[k], edges.ways[k]] = [a, b, (pair >> 2) & 3, pair & 3];
      degree[a]++;
      degree[b]++;
      k++;
    }
  });
  const types = notes.types.map(([name, color, isJournal]) => ({ name, color, isJournal }));
  const type = spread(notes.type);
  return {
    n, urls, folder, tags, group, groups, edges, degree,
    titles: notes.titles,
    folders: notes.folders.map(([name]) => name),
    types,
    type,
    /** Whether a note is about a day: it mentions much and says little. */
    isDated: (i) => Boolean(types[type[i]]?.isJournal) || /^\d{4}-\d\d/.test(notes.titles[i]),
    x: links.x,
    y: links.y,
    near: neighbors(n, edges, degree),
  };
}

/** Runs of equal values as a value for each. */
function spread(runs) {
  const values = [];
  for (let at = 0; at < runs.length; at += 2) {
    for (let count = runs[at + 1]; count > 0; count--) values.push(runs[at]);
  }
  return values;
}

function neighbors(n, edges, degree) {
  const start = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) start[i + 1] = start[i] + degree[i];
  const at = start.slice();
  const other = new Int32Array(start[n]);
  const ways = new Uint8Array(start[n]);
  const heavy = new Uint8Array(start[n]);
  edges.from.forEach((a, k) => {
    const b = edges.to[k];
    const way = edges.ways[k];
    heavy[at[a]] = heavy[at[b]] = edges.heavy[k];
    ways[at[a]] = way;
    // Seen from the other end, what led there leads here.
    ways[at[b]] = ((way & 1) << 1) | (way >> 1);
    other[at[a]++] = b;
    other[at[b]++] = a;
  });
  return (i) => {
    const found = [];
    for (let k = start[i]; k < start[i + 1]; k++) found.push({ note: other[k], ways: ways[k], heavy: heavy[k] });
    return found.sort((one, two) => degree[two.note] - degree[one.note] || one.note - two.note);
  };
}
