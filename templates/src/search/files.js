// The files of the site: where they are, and how those of the index are read.

/** The root of the site. */
export const root = new URL("..", document.currentScript.src).href;

/** An element, in which texts become text nodes and never HTML. */
export const made = (name, properties, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

const said = {};

// Classic scripts, since nothing else can be loaded from file:// too.
self.vkShard = (name, data) => (said[name] = data);

/** What a file of the index says; nothing where it can't be had. */
export const bring = async (name) => {
  await new Promise((done) => document.head.append(made("script", { src: `${root}search/${name}.js`, onload: done, onerror: done })));
  return said[name];
};
