// The index, a part at a time: which shard holds a key, and what is in it. There is one index: that of the site.
import { bring } from "./files.js";

/** What the files say that were asked for. */
let files = {};

/** How many notes there are. */
export let nNotes;

/** The prefixes of all shards. */
export let leaves;

/** Whether something could not be had, so that answers may lack something. */
export let isBroken = false;

/** Begin anew, with nothing known. */
export const forget = () => {
  files = {};
  isBroken = false;
};

/** What a file of the index says, asked for and read once. */
export const load = (name, read) => (files[name] ??= bring(name).then((said) => {
  isBroken ||= said == null;
  return read ? read(said || "") : said;
}));

/** Have what is needed before anything can be found. */
export const open = async () => {
  [nNotes, ...leaves] = (await load("m") || "0").split("\n");
  nNotes = parseInt(nNotes);
};

/** The leaf that a key is in, which is the longest that it begins with, and the first that hold nothing but what begins so. */
export const leavesOf = (start, most = 0, end = "") => [
  ...leaves.filter((leaf) => (start + end).startsWith(leaf)).slice(-1),
  ...leaves.filter((leaf) => leaf.startsWith(start)).slice(0, most),
];

/** What these leaves have of keys that are meant: `[key, [[note, level]…]]`. */
export const entries = async (leaves, isMeant) => (await Promise.all([...new Set(leaves)].map((leaf) => load(
  "x-" + leaf.replace(/[^a-z0-9]/gu, (char) => `_${char.codePointAt().toString(16)}_`),
  (shard) => shard.split("\n").map((line) => line.split("\t")),
)))).flat().filter(([key]) => isMeant(key)).map((entry) => {
  let note = -1;
  // Gaps in base 32, each followed by a letter for the level: made numbers when they are first asked for.
  if (entry[1].split) entry[1] = [...entry[1].matchAll(/([^A-P]*)(.)/g)].map(([, gap, level]) => [note += parseInt(0 + gap, 32) + 1, level.charCodeAt() - 65]);
  return entry;
});

/** The notes that have a key. */
export const notesOf = async (wanted) => new Set((await entries(leavesOf(wanted), (key) => key === wanted)).flatMap(([, postings]) => postings).map(([id]) => id));
