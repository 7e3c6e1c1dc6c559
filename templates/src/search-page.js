// The search page, of which the other script brings all that finds and shows.
import { page } from "./search/page.js";

self.vkFind = page(self.vkSearch);
