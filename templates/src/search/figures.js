// The figures of the search in one place, without imports, so that the bundler writes each where it counts.

// What a query may be.
export const MAX_CHARACTERS = 400;
export const MAX_WORDS = 32;

// What a note is worth, as in `vaultkit/search/ranking.py`.
export const SATURATION = 1;
export const BEGUN = 0.6;
export const MISSPELT = 0.5;
export const NAME = 30;
export const NAME_BEGUN = 14;
export const WHOLE_WORDS = 1.6;
export const NAME_MISSPELT = 0.6;

// How many shards and terms are looked at.
export const LEAVES_BEGUN = 4;
export const LEAVES_MISSPELT = 16;
export const MAX_TERMS = 40;
export const MAX_CORRECTIONS = 5;
export const MAX_DOUBTED = 2;

/** How many texts are read at a time, to see which hold a phrase, or where no other tells the order. */
export const CHECKED = 32;

/** How many texts tell the order where one of these has the words side by side. */
export const NEAR = 8;

// In how many characters words count as near, and how many are shown: styles end it sooner.
export const WINDOW = 220;
export const SHOWN = 350;

/** How many notes the switcher shows, and reads: what one is still typing isn't worth more texts. */
export const SWITCHED = 8;

/** Milliseconds in which nothing more was typed before anything is asked. */
export const PAUSE = 60;

/** How many notes the search page shows at a time. */
export const PAGED = 10;

/** Shards up to which all of a kind of filters are counted in all results. */
export const MAX_LEAVES = 5;
export const MAX_CHOICES = 12;
