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

const FIRST = 8;
const TURNS = 5;

const site = process.argv[2];
const isCold = process.argv.includes("--cold");
const sizes = new Map();
let loaded = [];

// What a browser does: load a script, which says what is in it.
globalThis.self = globalThis;
globalThis.document = {
  currentScript: { src: "site:/static/search.js" },
  createElement: () => ({ append() {} }),
  head: {
    append({ src, onload, onerror }) {
      const name = src.slice("site:/search/".length, -".js".length);
      try {
        const script = readFileSync(join(site, "search", `${name}.js`));
        runInNewContext(script.toString(), { vkShard: (_, found) => self.vkShard(name, JSON.parse(JSON.stringify(found))) });
        if (!sizes.has(name)) sizes.set(name, gzipSync(script, { level: 9 }).length);
        loaded.push([name, sizes.get(name)]);
        onload();
      } catch (error) {
        if (error.code !== "ENOENT") throw error;
        onerror();
      }
    },
  },
};
const { answer } = await import("../templates/src/search/answer.js");
const { forget } = await import("../templates/src/search/shards.js");

for await (const line of createInterface({ input: process.stdin })) {
  const { q } = JSON.parse(line);
  if (isCold) {
    loaded = [];
    forget();
  }
  const first = await answer(q, FIRST);
  const loads = isCold ? loaded.slice() : [];
  // Again, with all that is needed in memory: what is counted is the search, not the disk, nor what else the machine does.
  let search = Infinity;
  let found;
  for (let turn = 0; turn < TURNS; turn++) {
    const before = process.cpuUsage();
    found = await answer(q, 0);
    const { user, system } = process.cpuUsage(before);
    search = Math.min(search, (user + system) / 1000);
  }
  console.log(JSON.stringify({
    q,
    plain: found.hits.slice(0, 50).map(([id, score]) => [id, score]),
    hits: first.hits.slice(0, 50).map(([id, score]) => [id, score]),
    urls: first.texts.map((text) => text?.[0] ?? ""),
    total: first.hits.length,
    search,
    loads,
  }));
}
