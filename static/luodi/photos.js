// Photos open in a viewer instead of leaving the page; arrows and swipes lead to the next one. Rows of promises grow.
import { all, make, on, one, words } from "./dom.js";

let viewer = null;
let photos = [];
let place = 0;

const show = (index) => {
  place = (index + photos.length) % photos.length;
  const link = photos[place];
  const image = one("img", viewer);
  image.src = link.href;
  image.alt = one("img", link)?.alt ?? "";
  one("[data-count]", viewer).textContent = photos.length > 1 ? `${place + 1} / ${photos.length}` : "";
  const original = one("[data-original-link]", viewer);
  original.hidden = !link.dataset.original;
  original.href = link.dataset.original ?? "#";
};

const button = (text, label, act) => {
  const made = make("button", "ld-viewer-button", text);
  made.type = "button";
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
};

const build = () => {
  const dialog = make("dialog", "ld-viewer");
  const image = make("img");
  const foot = make("div", "ld-viewer-foot");
  const count = make("span");
  count.dataset.count = "";
  const original = make("a", "", words().original);
  original.dataset.originalLink = "";
  foot.append(
    button("‹", words().before, () => show(place - 1)),
    count,
    original,
    button("›", words().after, () => show(place + 1)),
    button("×", words().close, () => dialog.close()),
  );
  dialog.append(image, foot);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(place - 1);
    if (event.key === "ArrowRight") show(place + 1);
  });
  let from = 0;
  image.addEventListener("touchstart", (event) => { from = event.touches[0].clientX; }, { passive: true });
  image.addEventListener("touchend", (event) => {
    const moved = event.changedTouches[0].clientX - from;
    if (Math.abs(moved) > 50) show(place + (moved < 0 ? 1 : -1));
  });
  document.body.append(dialog);
  return dialog;
};

const addRow = (host) => {
  const last = all("[data-row]", host).at(-1);
  const row = last.cloneNode(true);
  all("input", row).forEach((input) => { input.value = ""; input.removeAttribute("id"); });
  last.after(row);
  one("input", row).focus();
};

export const start = () => {
  on("click", "a[data-photo]", (event, link) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    viewer ??= build();
    photos = all("a[data-photo]", link.closest(".ld-files") ?? document);
    viewer.showModal();
    show(photos.indexOf(link));
  });
  const offer = (root) => all("[data-add-row]", root).forEach((found) => { found.hidden = false; });
  offer(document);
  document.body.addEventListener("htmx:load", (event) => offer(event.detail.elt));
  on("click", "[data-add-row]", (event, pressed) => addRow(pressed.closest("[data-rows]")));
};
