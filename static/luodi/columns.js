// The column chooser: order by dragging or by the arrow buttons (Alt and arrow keys too), one parameter in the address.
import { all, loadScript, on, one, words } from "./dom.js";

const step = (line, way) => {
  const other = way < 0 ? line.previousElementSibling : line.nextElementSibling;
  if (!other || "fixed" in other.dataset) return;
  if (way < 0) other.before(line); else other.after(line);
};

const draggable = async (panel) => {
  const list = one("[data-column-list]", panel);
  if (!list || list.dataset.ready) return;
  list.dataset.ready = "1";
  await loadScript(words().sortable);
  Sortable.create(list, { handle: "[data-grip]", draggable: "li:not([data-fixed])", animation: 120, delay: 200, delayOnTouchOnly: true });
};

export const start = () => {
  document.addEventListener("toggle", (event) => {
    if (event.target.open && one("[data-columns]", event.target)) draggable(event.target);
  }, true);
  // The lines come when the panel is opened.
  document.body.addEventListener("htmx:afterSettle", () => all("details[open]").forEach(draggable));
  on("click", "[data-column-move]", (event, button) => {
    step(button.closest("li"), Number(button.dataset.columnMove));
    button.focus();
  });
  document.addEventListener("keydown", (event) => {
    const line = event.altKey && event.target.closest?.("[data-column-list] li:not([data-fixed])");
    if (!line || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    step(line, event.key === "ArrowUp" ? -1 : 1);
    event.target.focus();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-columns]")) return;
    event.preventDefault();
    const data = new URLSearchParams(new FormData(event.target));
    const chosen = all("input[name=cols]:checked:not(:disabled)", event.target).map((box) => box.value);
    data.delete("cols");
    data.set("cols", chosen.join(","));
    location.assign(`${event.target.getAttribute("action")}?${data}`);
  });
};
