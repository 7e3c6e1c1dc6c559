// The page of the whole graph: a picture where the browser can draw one, and else the list that is there anyway.
import { read } from "./graph/data.js";
import { start } from "./graph/start.js";

const place = document.getElementById("vk.graph");

const canDraw = () => {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("webgl2") || canvas.getContext("webgl");
  // Browsers keep few contexts: this one was only a question.
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
};

const list = (why) => {
  place.classList.add("is-list");
  if (why) console.info(`The graph is shown as a list: ${why}`);
};

if (place) {
  if (!canDraw()) list("there is no WebGL.");
  else read(place.dataset.notes, place.dataset.links).then((graph) => start(place, graph)).catch(list);
}
