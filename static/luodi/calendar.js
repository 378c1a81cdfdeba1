// Next steps on another day: dragged (after a hold on touch), by Alt and an arrow key, or by the date in the agenda.
import { all, csrf, loadScript, on, one, words } from "./dom.js";
import { explain, isLogin, signedOut } from "./net.js";
import { toast } from "./toast.js";

const MOVED = "[data-day-url]";
const DAYS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
// A date that is typed passes through others; a picked one is meant.
const PICKED = 500;

const redraw = async (url = "") => {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  [".ld-cal", ".ld-agenda"].forEach((selector) => {
    const [old, fresh] = [one(selector), one(selector, page)];
    if (old && fresh) old.replaceWith(document.adoptNode(fresh));
  });
  dragging();
  if (url) one(`a${MOVED}[data-day-url="${CSS.escape(url)}"]`)?.focus();
};

// Answers {ok, data} or says why not: the form of the cell comes back with its error.
const send = async (url, day, version) => {
  const body = new FormData();
  body.set("next_date", day);
  body.set("version", version);
  const answer = await fetch(url, { method: "POST", body, headers: { "HX-Request": "true", "HX-Target": "cell", "X-CSRFToken": csrf() } }).catch(() => null);
  if (answer && isLogin(answer.url)) { signedOut(); return { ok: false }; }
  const json = answer?.headers.get("Content-Type")?.includes("json");
  if (answer?.ok && json) return { ok: true, data: await answer.json() };
  const why = json ? (await answer.json()).detail : answer && one(".ld-error", new DOMParser().parseFromString(await answer.text(), "text/html"))?.textContent.trim();
  toast(why || (answer?.ok ? words().stale : explain(answer?.status ?? 0)), "error");
  return { ok: false };
};

const move = async (item, day) => {
  const { dayUrl: url, day: before, version } = item.dataset;
  if (day === before) return;
  item.classList.add("ld-cal-moving");
  const { ok, data } = await send(url, day, version);
  await redraw(url);
  if (!ok) return;
  const back = async () => {
    if (!(await send(url, before, data.version)).ok) return;
    await redraw(url);
    toast(words().undone, "success");
  };
  // What was due before today cannot be put back there.
  toast(words().moved, "success", before >= one("[data-today]").dataset.today ? { text: words().undo, run: back } : null);
};

const dragging = () => {
  if (!window.Sortable) return;
  all(".ld-cal td[data-date]").forEach((cell) => Sortable.create(cell, {
    group: "days", draggable: MOVED, sort: false, delay: 200, delayOnTouchOnly: true, animation: 120, ghostClass: "ld-card-ghost",
    onMove: ({ to }) => all("td[data-date]").forEach((day) => day.classList.toggle("ld-over", day === to)),
    onEnd: ({ item, from, to }) => {
      all("td.ld-over").forEach((day) => day.classList.remove("ld-over"));
      if (from !== to) move(item, to.dataset.date);
    },
  }));
};

const later = (day, days) => {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, date + days)).toISOString().slice(0, 10);
};

const picking = () => {
  let timer = 0;
  const take = (field) => { clearTimeout(timer); if (field.value) move(field, field.value); };
  on("click", "input[data-day-url]", (event, field) => { field.dataset.typed = ""; try { field.showPicker?.(); } catch { /* the browser has none */ } });
  on("keydown", "input[data-day-url]", (event, field) => {
    field.dataset.typed = "1";
    if (event.key === "Enter") take(field);
  });
  on("change", "input[data-day-url]", (event, field) => {
    clearTimeout(timer);
    if (!field.dataset.typed) timer = setTimeout(take, PICKED, field);
  });
  on("focusout", "input[data-day-url]", (event, field) => field.dataset.typed && take(field));
};

export const start = async () => {
  document.addEventListener("keydown", (event) => {
    const item = event.target.closest?.(`a${MOVED}`);
    if (!item || !event.altKey || event.ctrlKey || event.metaKey || !(event.key in DAYS)) return;
    event.preventDefault();
    move(item, later(item.dataset.day, DAYS[event.key]));
  });
  picking();
  await loadScript(words().sortable);
  dragging();
};
