// The search of the site, and the switcher of every page. Nothing of it is loaded before it is asked for.
import { forget, load, made } from "./search/files.js";
import { keyFor } from "./search/query.js";
import { keysOf, notesOf, use } from "./search/shards.js";
import { answers, dot, said, shower } from "./search/shown.js";
import { switcher } from "./search/switcher.js";

use(load);
document.addEventListener("vaultkit:changed", () => {
  forget();
  use(load);
});

/** For the script of the search page. */
self.vkSearch = { answers, dot, keyFor, keysOf, made, notesOf, said, shower };

/** What the theme's script calls when a reader wants to search. */
self.vkFind = switcher();
