// Columns of a list, wider or narrower: by dragging the edge of a head or with the arrow keys on it. Kept on this device
// for each person and list, and in a saved view with the rest of it. A view that has widths brings them along; what is
// dragged over them stays on the device, for this view, until the view is chosen again. On the phone rows are cards and
// there is nothing to drag.
import { all, make, on, one, store, user, words } from "./dom.js";

const local = store("localStorage");
const LEAST = 64;
const MOST = 960;
const STEP = 16;
const sheet = new CSSStyleSheet();
const keyOf = (view = "") => `luodi:widths:${user()}:${location.pathname}${view && `?view=${view}`}`;
const inBounds = (width) => Math.min(MOST, Math.max(LEAST, Math.round(width)));

let widths = {};
let saved = {};
let key = "";

const written = (drawn) => Object.keys(drawn).sort().map((column) => `${column}:${drawn[column]}`).join(",");
const drawnIn = (text) => Object.fromEntries((text || "").split(",").filter(Boolean).map((pair) => pair.split(":")).map(([column, width]) => [column, Number(width)]));
const valid = (kept) => Object.fromEntries(Object.entries(kept ?? {}).filter(([, width]) => Number.isInteger(width) && inBounds(width) === width));

const read = () => {
  const { view, widths: ofView } = one("[data-list]").dataset;
  saved = drawnIn(ofView);
  key = keyOf(ofView && view);
  let kept;
  try { kept = JSON.parse(local.get(key) ?? "null"); } catch { kept = null; }
  widths = kept ? valid(kept) : { ...saved };
};

// Saving the list as a view keeps them, too.
const tell = () => all("[data-view-query]").forEach((place) => {
  const isLink = place.matches("a");
  const url = new URL(isLink ? place.href : location.href);
  const query = new URLSearchParams(isLink ? url.searchParams.get("query") : place.value);
  if (Object.keys(widths).length) query.set("widths", written(widths)); else query.delete("widths");
  if (!isLink) { place.value = query; return; }
  url.searchParams.set("query", query);
  place.setAttribute("href", url.pathname + url.search);
});

const offer = (changed) => {
  const state = one("#list-saved-state");
  if (state?.children.length) state.hidden = !("modified" in state.dataset || changed);
};

const keep = () => {
  if (written(widths) === written(saved)) local.drop(key); else local.set(key, JSON.stringify(widths));
  tell();
  offer(written(widths) !== written(saved));
};

const heads = () => all("[data-list] th[data-column]");

// One rule for a whole column: rows that come later with a part of the list have it, too.
const rule = (head, place) => {
  const width = widths[head.dataset.column];
  const column = `[data-list] .ld-list > table > * > tr > :nth-child(${place + 1})`;
  return width ? `${column} { width: ${width}px; min-width: ${width}px; max-width: ${width}px; }
    ${column}:not(:focus-within, th) { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    ${column} > * { max-width: 100%; }` : "";
};

const paint = () => {
  const shown = heads();
  // Where no column is left to take up the rest, the table is as wide as its columns.
  const whole = shown.length && shown.every((head) => widths[head.dataset.column]);
  const rules = shown.map(rule).join("") + (whole ? "[data-list] .ld-list > table { width: auto; }" : "");
  sheet.replaceSync(`@media (min-width: 768px) { ${rules} }`);
  shown.forEach((head) => one(".ld-resize", head)?.setAttribute("aria-valuenow", widths[head.dataset.column] ?? Math.round(head.offsetWidth)));
};

const resize = (head, width) => {
  if (width) widths[head.dataset.column] = inBounds(width);
  else delete widths[head.dataset.column];
  paint();
};

const drag = (down, handle) => {
  if (down.button) return;
  down.preventDefault();
  const head = handle.closest("th");
  const before = widths[head.dataset.column];
  const from = head.offsetWidth;
  const track = new AbortController();
  const end = (width) => { resize(head, width); keep(); track.abort(); document.documentElement.classList.remove("ld-resizing"); };
  const listen = (type, act) => document.addEventListener(type, act, { signal: track.signal });
  handle.setPointerCapture(down.pointerId);
  document.documentElement.classList.add("ld-resizing");
  listen("pointermove", (move) => resize(head, from + move.clientX - down.clientX));
  listen("pointerup", () => end(widths[head.dataset.column]));
  listen("pointercancel", () => end(before));
  listen("keydown", (press) => press.key === "Escape" && end(before));
};

// One stop of the Tab key for all edges of a table; the arrow keys go from one to the next.
const walk = (handle, way) => {
  const handles = all("[data-list] .ld-resize");
  const next = handles[handles.indexOf(handle) + way];
  if (!next) return;
  handle.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
};

const press = (event, handle) => {
  const head = handle.closest("th");
  const step = event.shiftKey ? 4 * STEP : STEP;
  const acts = {
    ArrowLeft: () => resize(head, head.offsetWidth - step),
    ArrowRight: () => resize(head, head.offsetWidth + step),
    Home: () => resize(head, LEAST),
    Enter: () => resize(head, 0),
    ArrowUp: () => walk(handle, -1),
    ArrowDown: () => walk(handle, 1),
  };
  if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  acts[event.key]();
  keep();
};

const dress = () => {
  heads().forEach((head, place) => {
    if (one(".ld-resize", head)) return;
    const handle = make("span", "ld-resize");
    const marks = { role: "separator", "aria-orientation": "vertical", "aria-valuemin": LEAST, "aria-valuemax": MOST };
    Object.entries(marks).forEach(([name, value]) => handle.setAttribute(name, value));
    handle.setAttribute("aria-label", `${words().width} ${one("a, span", head)?.firstChild?.textContent ?? head.textContent}`.trim());
    handle.title = words().widthHint;
    handle.tabIndex = place ? -1 : 0;
    head.append(handle);
  });
  paint();
  tell();
  if (Object.keys(saved).length) offer(written(widths) !== written(saved));
};

export const start = () => {
  if (!one("[data-list]")) return;
  document.adoptedStyleSheets.push(sheet);
  read();
  dress();
  document.body.addEventListener("htmx:afterSettle", (event) => event.target.closest?.("[data-list]") && dress());
  on("pointerdown", ".ld-resize", drag);
  on("keydown", ".ld-resize", press);
  on("dblclick", ".ld-resize", (event, handle) => { resize(handle.closest("th"), 0); keep(); });
  on("click", "[data-usual-columns]", () => { widths = {}; keep(); });
  on("click", "[data-view-choose]", (event, link) => local.drop(keyOf(link.dataset.viewChoose)));
};
