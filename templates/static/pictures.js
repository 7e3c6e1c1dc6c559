// The pictures of a page, large: one after the other by arrow keys. Loaded when a reader first opens one.
(() => {
  "use strict";
  const words = vkPictureWords;
  const made = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const button = (className, label, act) => {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    line.setAttribute("d", { close: "M6 6l12 12M18 6 6 18", back: "M15 5l-7 7 7 7", next: "M9 5l7 7-7 7", size: "M9 4H4v5M15 20h5v-5M4 4l6 6M20 20l-6-6" }[className]);
    icon.setAttribute("viewBox", "0 0 24 24");
    icon.ariaHidden = "true";
    icon.append(line);
    return made("button", { type: "button", className, ariaLabel: label, title: label, onclick: act }, icon);
  };

  let pictures = [];
  let at = 0;

  const image = made("img", { alt: "" });
  const stage = made("div", { className: "stage" }, image);
  const caption = made("span");
  const count = made("span", { className: "count" });
  const size = button("size", words.size, () => resize());
  const [back, next] = [button("back", words.back, () => go(-1)), button("next", words.next, () => go(1))];
  const dialog = made("dialog", { className: "vk-pictures", ariaLabel: words.pictures },
    made("figure", {}, stage, made("figcaption", { ariaLive: "polite" }, caption, count)),
    made("div", { className: "tools" }, size, button("close", words.close, () => dialog.close())), back, next);
  // Outside of the body, which belongs to whoever shows the page anew.
  document.documentElement.append(dialog);

  /** Whether it has more to show than fits. */
  const isLarger = () => image.naturalWidth > image.clientWidth + 8 || image.naturalHeight > image.clientHeight + 8;

  function resize(isFull = !dialog.classList.contains("is-full")) {
    dialog.classList.toggle("is-full", isFull);
    size.ariaPressed = String(isFull);
    size.hidden = !isFull && !isLarger();
    // What is cut off can be reached by keyboard, too.
    if (isFull) stage.tabIndex = 0;
    else stage.removeAttribute("tabindex");
  }

  function show() {
    const shown = pictures[at];
    dialog.classList.remove("is-full");
    // A drawing has no size of its own to be shown at.
    dialog.classList.toggle("is-drawing", /\.svg(?:[?#]|$)/i.test(shown.src));
    image.src = shown.src;
    image.alt = shown.alt;
    caption.textContent = shown.alt;
    count.textContent = pictures.length > 1 ? `${at + 1} / ${pictures.length}` : "";
    back.hidden = next.hidden = pictures.length < 2;
    resize(false);
  }

  function go(step) {
    at = (at + step + pictures.length) % pictures.length;
    show();
  }

  image.addEventListener("load", () => resize(false));
  dialog.addEventListener("keydown", (event) => {
    const isFull = dialog.classList.contains("is-full");
    const forward = getComputedStyle(dialog).direction === "rtl" ? -1 : 1;
    const step = { ArrowRight: forward, ArrowLeft: -forward }[event.key];
    // At its full size the arrows move the picture.
    if (!step || isFull || pictures.length < 2) return;
    event.preventDefault();
    go(step);
  });
  dialog.addEventListener("click", ({ target }) => {
    if (target === image && (isLarger() || dialog.classList.contains("is-full"))) resize();
    else if (target !== image && !target.closest("button, figcaption")) dialog.close();
  });
  dialog.addEventListener("close", () => pictures[at]?.isConnected && pictures[at].focus({ preventScroll: false }));
  document.addEventListener("vaultkit:changed", () => dialog.open && dialog.close());

  /** What the theme's script calls when a reader opens a picture. */
  self.vkPicture = (picture) => {
    pictures = [...document.querySelectorAll(".prose img[role=button]")];
    at = pictures.indexOf(picture);
    if (at < 0 || dialog.open) return;
    dialog.showModal();
    show();
  };
})();
