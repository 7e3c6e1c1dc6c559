// A canvas beyond scrolling: zoom by buttons, keys, wheel and two fingers, and a hand that moves the board.
// Without this script the board is a picture that scrolls; the browser still does all moving here.
(() => {
  "use strict";
  const [SMALLEST, LARGEST, STEP] = [.08, 3, 1.25];
  const known = new WeakSet();
  // What is chosen stands in a sheet: pages have no styles of their own, and a server that follows the vault may change them.
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  let height = 0;

  const dress = () => {
    const board = document.getElementById("vk.board");
    if (!board) return;
    const view = board.querySelector(".board-view");
    const picture = view.querySelector("svg");
    const size = () => picture.viewBox.baseVal;
    const isOpen = () => board.matches(":popover-open");
    const scale = () => picture.getBoundingClientRect().width / size().width;
    const room = () => [view.clientWidth / size().width, view.clientHeight / size().height];

    // Keeps what is under a point of the window where it is.
    const zoom = (wanted, x, y) => {
      const frame = view.getBoundingClientRect();
      [x, y] = [x ?? frame.left + frame.width / 2, y ?? frame.top + frame.height / 2];
      // The board keeps its height, so that nothing below it moves.
      height ||= frame.height;
      const before = picture.getBoundingClientRect();
      const chosen = Math.min(Math.max(wanted, Math.min(SMALLEST, ...room())), LARGEST);
      sheet.replaceSync(`.board-view > svg { width: ${chosen * size().width}px; min-width: 0 }
        .board:not(:popover-open) > .board-view { height: ${height}px }`);
      const after = picture.getBoundingClientRect();
      view.scrollLeft += after.left + (x - before.left) / before.width * after.width - x;
      view.scrollTop += after.top + (y - before.top) / before.height * after.height - y;
    };
    const actions = {
      in: () => zoom(scale() * STEP),
      out: () => zoom(scale() / STEP),
      fit: () => zoom(Math.min(...room(), 1)),
    };
    const forget = () => {
      height = 0;
      sheet.replaceSync("");
    };

    for (const text of view.querySelectorAll(".card .prose")) {
      if (text.scrollHeight > text.clientHeight + 1) text.tabIndex = 0;
    }
    if (known.has(board)) return;
    known.add(board);

    board.addEventListener("click", (event) => actions[event.target.closest("[data-zoom]")?.dataset.zoom]?.());
    board.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
      const action = { "+": "in", "=": "in", "-": "out", _: "out", 0: "fit" }[event.key];
      if (!action) return;
      event.preventDefault();
      actions[action]();
    });
    board.addEventListener("toggle", () => {
      forget();
      // On a phone all of a large board would be dust: its beginning can be read.
      if (isOpen()) zoom(Math.max(Math.min(...room(), 1), .4), 0, 0);
    });

    // The wheel alone scrolls as everywhere; with Ctrl, which is also what pinching on a pad sends, it zooms.
    view.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      zoom(scale() * Math.exp(-Math.max(-60, Math.min(60, event.deltaY * lines)) / 150), event.clientX, event.clientY);
    }, { passive: false });

    // A hand for the mouse, wherever there is no text to select.
    let held;
    view.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch" || event.button > 1) return;
      if (event.button === 0 && event.target.closest(".prose, a")) return;
      // Not where the scroll bars are.
      const frame = view.getBoundingClientRect();
      if (event.clientX - frame.left > view.clientWidth || event.clientY - frame.top > view.clientHeight) return;
      if (event.button === 1) event.preventDefault();
      held = [event.clientX + view.scrollLeft, event.clientY + view.scrollTop];
      view.setPointerCapture(event.pointerId);
      view.classList.add("is-held");
    });
    view.addEventListener("pointermove", (event) => {
      if (held) view.scrollTo(held[0] - event.clientX, held[1] - event.clientY);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      view.addEventListener(end, () => {
        held = undefined;
        view.classList.remove("is-held");
      });
    }

    // Two fingers zoom; one scrolls, as the browser does it.
    let pinch;
    const measured = ([a, b]) => [
      Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY), (a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2,
    ];
    view.addEventListener("touchmove", (event) => {
      if (event.touches.length !== 2) return;
      event.preventDefault();
      const [apart, x, y] = measured(event.touches);
      if (pinch) zoom(scale() * apart / pinch, x, y);
      pinch = apart;
    }, { passive: false });
    view.addEventListener("touchend", () => {
      pinch = undefined;
    });
  };
  dress();
  document.addEventListener("vaultkit:changed", dress);
})();
