// The reader's side of the search, as the site's script has it, without a browser: for tests and figures.
//
//     node bench/search_client.mjs SITE < queries
//
// Each line of the input is a query as JSON, `{"q": "…"}`; each line of the output its answer:
// the first hits before and after their texts were looked at, what it took in milliseconds, and what was loaded.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { answer } from "../templates/src/search/answer.js";
import { use } from "../templates/src/search/shards.js";

const FIRST = 8;

/** What a browser does: load a script, and keep what it says. */
function loader(site) {
  const known = new Map();
  const loaded = [];
  const load = async (name) => {
    if (!known.has(name)) {
      let data = null;
      try {
        const script = readFileSync(join(site, "search", `${name}.js`));
        runInNewContext(script.toString(), { vkShard: (_, found) => (data = JSON.parse(JSON.stringify(found))) });
        loaded.push([name, gzipSync(script, { level: 9 }).length]);
      } catch (error) {
        if (error.code !== "ENOENT") throw error;
      }
      known.set(name, data);
    }
    return known.get(name);
  };
  return { load, loaded };
}

const site = process.argv[2];
const isCold = process.argv.includes("--cold");
let { load, loaded } = loader(site);
use(load);
for await (const line of createInterface({ input: process.stdin })) {
  const { q } = JSON.parse(line);
  if (isCold) {
    ({ load, loaded } = loader(site));
    use(load);
  }
  const first = await answer(q, FIRST);
  const loads = isCold ? loaded.slice() : [];
  // Once more, with all that is needed in memory: what is counted is the search, not the disk.
  const start = performance.now();
  const found = await answer(q, 0);
  const searched = performance.now();
  await answer(q, FIRST);
  console.log(JSON.stringify({
    q,
    plain: found.all.slice(0, 50).map(([id, score]) => [id, score]),
    hits: first.hits.slice(0, 50).map(([id, score]) => [id, score]),
    urls: first.texts.map((text) => text?.[0] ?? ""),
    total: first.hits.length,
    search: searched - start,
    whole: performance.now() - searched,
    loads,
  }));
}
