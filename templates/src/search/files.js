// The files of the site: where they are, and how those of the index are read.

/** The root of the site. */
export const root = new URL("..", document.currentScript.src).href;

/** An element, in which texts become text nodes and never HTML. */
export function made(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

const loads = new Map();
const said = new Map();

// Classic scripts, since nothing else can be loaded from file:// too.
self.vkShard = (name, data) => said.set(name, data);

/** What a file of the index says, asked for once. */
export function load(name) {
  if (!loads.has(name)) {
    loads.set(name, new Promise((resolve) => {
      const done = () => resolve(said.get(name) ?? null);
      document.head.append(made("script", { src: `${root}search/${name}.js`, onload: done, onerror: done }));
    }));
  }
  return loads.get(name);
}

/** The vault was written to. */
export const forget = () => loads.clear();

/** The address of a page of the site: whatever the index says, it leads nowhere else. */
export const hrefOf = (url, slug) => root + url.split("/").map(encodeURIComponent).join("/") + (slug ? "#" + encodeURIComponent(slug) : "");
