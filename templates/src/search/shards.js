// The index, a part at a time: which shard holds a key, and what is in it. There is one index: that of the site.

/** What a level stands for. */
export const valueOf = (level) => 0.2 * 2 ** (level / 2);

/** By file: brings it, or null where it can't be had; who reads the index says how. */
export let load;

/** How many notes there are. */
export let nNotes;

/** The prefixes of all shards. */
export let leaves;

/** Whether something could not be had, so that answers may lack something. */
export let isBroken;

let shards;

let opened;

/** Begin anew, with nothing known. */
export function use(loader) {
  load = loader;
  opened = undefined;
}

/** Have what is needed before anything can be found. */
export const open = () => (opened ??= (async () => {
  shards = new Map();
  const head = await load("m");
  isBroken = head === null;
  [nNotes, ...leaves] = (head || "0").split("\n");
  nNotes = parseInt(nNotes, 10);
})());

/** The leaf that a key is in: the longest that it begins with, which of all such stands last. */
export const leafOf = (key) => leaves.findLast((leaf) => key.startsWith(leaf));

/** The first leaves that hold nothing but what begins so. */
export const under = (prefix, most) => leaves.filter((leaf) => leaf.startsWith(prefix)).slice(0, most);

/** Have these shards. */
export const fetched = (wanted) => Promise.all(wanted.map(async (leaf) => {
  if (leaf === undefined || shards.has(leaf)) return;
  const text = await load("x-" + leaf.replace(/[^a-z0-9]/gu, (char) => `_${char.codePointAt(0).toString(16)}_`));
  isBroken ||= text === null;
  shards.set(leaf, "\n" + (text ?? ""));
}));

/** Call back with each key in a leaf that begins so, and its postings: pairs of a note and a level */
export function scan(leaf, start, found) {
  const shard = shards.get(leaf) || "";
  for (let at = 0, tab; (at = shard.indexOf("\n" + start, at)) >= 0 && (tab = shard.indexOf("\t", at)) >= 0; at = tab) {
    found(shard.slice(at + 1, tab), () => decoded(shard, tab + 1));
  }
}

/** All keys that begin so; none, where they fill more shards than these. */
export async function keysOf(start, most) {
  const found = [leafOf(start), ...under(start, most + 1)];
  const keys = [];
  if (found.length > most + 1) return keys;
  await fetched(found);
  for (const leaf of new Set(found)) scan(leaf, start, (key) => keys.push(key));
  return keys;
}

/** The notes that have a key. */
export async function notesOf(key) {
  const leaf = leafOf(key);
  let notes = [];
  await fetched([leaf]);
  scan(leaf, key + "\t", (_, postings) => (notes = postings()));
  return new Set(notes.map(([id]) => id));
}

/** Gaps in base 32, each followed by a letter for the level. */
function decoded(shard, at) {
  const found = [];
  let note = -1;
  for (let gap = 0, code; (code = shard.charCodeAt(at)) !== 10; at++) {
    if (code > 64 && code < 81) {
      found.push([(note += gap + 1), code - 65]);
      gap = 0;
    } else gap = gap * 32 + (code < 58 ? code - 48 : code - 87);
  }
  return found;
}
