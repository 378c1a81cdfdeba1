// Selected rows: the box in the head takes the page, the bar counts and opens its forms in the sheet.
import { all, on, one } from "./dom.js";
import { openSheet } from "./sheet.js";

const bar = () => one("[data-bulk]");
const boxes = () => all("[data-list] input[name=ids]");

// Of a list that was not counted to its end all are wanted: the bar that comes with the count has them selected.
let wanted = false;

const count = () => {
  const form = bar();
  if (!form) return;
  const ticked = boxes().filter((box) => box.checked);
  const whole = one("[data-bulk-all]", form);
  const head = one("[data-tick-all]");
  if (head) {
    head.checked = ticked.length > 0 && ticked.length === boxes().length;
    head.indeterminate = ticked.length > 0 && !head.checked;
  }
  // "All that match" is offered once the page is selected, and falls with its first row.
  const offered = one(".ld-bulk-all", form);
  if (offered) offered.hidden = ticked.length < boxes().length;
  if (whole && offered.hidden) whole.checked = false;
  if (whole && wanted && !offered.hidden) whole.checked = true;
  one("[data-bulk-count]", form).textContent = whole?.checked ? whole.dataset.count : String(ticked.length);
};

let last = null;
const range = (event, box) => {
  const rows = boxes();
  if (event.shiftKey && last && rows.includes(last)) {
    const [from, to] = [rows.indexOf(last), rows.indexOf(box)].sort((left, right) => left - right);
    rows.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
  }
  last = box;
  count();
};

const address = (form, submitter) => {
  const data = new FormData(form);
  if (data.has("all")) data.delete("ids");
  const url = new URL(submitter?.getAttribute("formaction") ?? form.action, location.href);
  url.search = new URLSearchParams([...data].filter(([, value]) => value !== ""));
  return url.href;
};

// Cards of the phone: the button beside the filters, or a finger held on a card, lets taps select instead of open.
const HOLD = 500;
const list = () => one("[data-list]");
const selecting = () => Boolean(list()?.hasAttribute("data-selecting"));

const setSelecting = (state) => {
  list()?.toggleAttribute("data-selecting", state);
  all("[data-select-mode]").forEach((button) => button.setAttribute("aria-pressed", String(state)));
  if (!state) boxes().forEach((box) => { box.checked = false; });
  count();
};

const toggle = (row) => {
  const box = one("input[name=ids]", row);
  if (!box) return;
  box.checked = !box.checked;
  count();
};

const holding = () => {
  let timer = 0;
  let held = false;
  const stop = () => clearTimeout(timer);
  on("pointerdown", "[data-list] tbody > tr", (event, row) => {
    stop();
    held = false;
    if (event.pointerType !== "touch" || selecting() || !one("input[name=ids]", row)) return;
    timer = setTimeout(() => {
      held = true;
      setSelecting(true);
      toggle(row);
      navigator.vibrate?.(15);
    }, HOLD);
  });
  ["pointermove", "pointerup", "pointercancel"].forEach((type) => document.addEventListener(type, (event) => {
    if (type !== "pointermove" || Math.hypot(event.movementX, event.movementY) > 4) stop();
  }));
  // The finger that is lifted after holding would open the record, or the browser's own menu.
  on("contextmenu", "[data-list][data-selecting] tbody > tr", (event) => event.preventDefault());
  on("click", "[data-list][data-selecting] tbody > tr", (event, row) => {
    if (event.target.matches("input[name=ids]")) return;
    event.preventDefault();
    event.stopPropagation();
    if (!held) toggle(row);
    held = false;
  }, { capture: true });
};

export const start = () => {
  holding();
  on("click", "[data-select-mode]", () => setSelecting(!selecting()));
  on("click", "[data-bulk-page]", () => { boxes().forEach((box) => { box.checked = true; }); count(); });
  on("click", "[data-list] input[name=ids]", range);
  on("change", "[data-tick-all]", (event, head) => { boxes().forEach((box) => { box.checked = head.checked; }); count(); });
  on("change", "[data-bulk-all]", count);
  on("click", "[data-bulk-clear]", (event) => {
    event.preventDefault();
    setSelecting(false);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-bulk]")) return;
    event.preventDefault();
    openSheet(address(event.target, event.submitter), event.submitter);
  });
  on("click", "[data-bulk-more]", () => { wanted = true; });
  document.body.addEventListener("htmx:afterSettle", () => { count(); wanted = false; });
  // A choice of "leave" has no input; setting one gives it the focus.
  on("change", "[data-bulk-field] input[type=radio]", (event, radio) => {
    if (radio.value === "set") one("[data-bulk-input] :is(input, select, textarea)", radio.closest("[data-bulk-field]"))?.focus();
  });
  addEventListener("pageshow", count);
  count();
};
