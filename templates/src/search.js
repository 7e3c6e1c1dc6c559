// The search of the site, and the switcher of every page. Nothing of it is loaded before it is asked for.
import { made } from "./search/files.js";
import { keyFor } from "./search/query.js";
import { entries, leavesOf, notesOf, forget } from "./search/shards.js";
import { ask, dot, shown, shownNumber, tell } from "./search/shown.js";
import { switcher } from "./search/switcher.js";

document.addEventListener("vaultkit:changed", forget);

/** For the script of the search page. */
self.vkSearch = { ask, dot, entries, keyFor, leavesOf, made, notesOf, shown, shownNumber, tell };

/** What the theme's script calls when a reader wants to search. */
self.vkFind = switcher();
