// Editing a cell or a line of the property panel where it stands: Enter or leaving saves, Esc gives back, Tab goes on.
import { all, csrf, make, on, one, words } from "./dom.js";
import { explain, isLogin, signedOut } from "./net.js";
import { toast } from "./toast.js";

const HEADERS = () => ({ "HX-Request": "true", "HX-Target": "cell", "X-CSRFToken": csrf() });
const open = new WeakMap();

const ask = async (url, options = {}) => {
  try {
    const answer = await fetch(url, { headers: HEADERS(), ...options });
    if (isLogin(answer.url)) { signedOut(); return null; }
    if (!answer.ok && answer.status !== 422 && answer.status !== 412) {
      const problem = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      toast(problem.detail ?? explain(answer.status), "error");
      return null;
    }
    return answer;
  } catch {
    toast(words().offline, "error");
    return null;
  }
};

const fields = (form) => all("input:not([type=hidden]), select, textarea", form);
const valueOf = (form) => JSON.stringify(fields(form).map((field) => field.type === "checkbox" ? field.checked : field.value));

const show = (cell, html) => {
  const state = open.get(cell);
  const box = make("div");
  box.innerHTML = html;
  cell.replaceChildren(...box.children);
  const [field] = fields(cell);
  field?.focus();
  if (field?.type === "text") field.select();
  state.before ??= valueOf(one("form", cell));
};

const begin = async (cell) => {
  if (open.has(cell)) return;
  open.set(cell, { nodes: [...cell.childNodes], before: null, busy: false });
  const answer = await ask(cell.dataset.edit);
  if (!answer) { open.delete(cell); return; }
  cell.classList.add("ld-editing");
  show(cell, await answer.text());
};

const close = (cell) => {
  const state = open.get(cell);
  if (!state) return;
  open.delete(cell);
  cell.classList.remove("ld-editing");
  cell.replaceChildren(...state.nodes);
};

// The cells are addressed by row and column: saving prints the row anew.
const placeOf = (cell) => ({ url: cell.dataset.edit });
const cellOf = (place) => one(`[data-edit="${CSS.escape(place.url)}"]`);

// On a record's page: its header and panels as they are now; the timeline and what is typed there stay.
const redraw = async () => {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  ["header.ld-header", ".ld-record-side"].forEach((selector) => {
    const [old, fresh] = [one(selector), one(selector, page)];
    if (!old || !fresh) return;
    old.replaceWith(document.adoptNode(fresh));
    htmx.process(fresh);
  });
};

const refresh = async (cell, data) => {
  const row = cell.closest("tr[data-id]");
  open.delete(cell);
  cell.classList.remove("ld-editing");
  if (row && data.row) {
    const table = make("table");
    table.innerHTML = `<tbody>${data.row}</tbody>`;
    const fresh = one("tr", table);
    const ticked = one("input[name=ids]", row)?.checked;
    row.replaceWith(fresh);
    if (ticked && one("input[name=ids]", fresh)) one("input[name=ids]", fresh).checked = true;
    htmx.process(fresh);
  } else if (row) {
    row.remove();
  } else {
    await redraw();
  }
};

const context = (cell, data) => {
  const table = cell.closest("table[data-key]");
  if (table) { data.set("list", table.dataset.key); data.set("query", table.dataset.state); }
  return data;
};

const offerUndo = (place, field, data) => {
  toast(data.messages?.[0] || words().saved, "success", { text: words().undo, run: async () => {
    const cell = cellOf(place);
    const body = new FormData();
    body.set(field, data.undo.value ?? "");
    body.set("version", data.undo.version ?? "");
    if (cell) context(cell, body);
    const answer = await ask(place.url, { method: "POST", body });
    if (!answer) return;
    if (!answer.headers.get("Content-Type")?.includes("json")) { toast(words().stale, "error"); return; }
    if (cell) await refresh(cell, await answer.json());
    toast(words().undone, "success");
  } });
};

const save = async (cell, { stay = false } = {}) => {
  const state = open.get(cell);
  const form = one("form", cell);
  if (!state || !form || state.busy) return;
  if (valueOf(form) === state.before && !one(".ld-conflict", form)) { close(cell); if (!stay) return; cell.focus(); return; }
  state.busy = true;
  const place = placeOf(cell);
  const [field] = fields(form);
  const answer = await ask(form.action, { method: "POST", body: context(cell, new FormData(form)) });
  state.busy = false;
  if (!answer) return; // what was typed stays in the cell
  if (!answer.headers.get("Content-Type")?.includes("json")) { show(cell, await answer.text()); return; }
  const data = await answer.json();
  await refresh(cell, data);
  offerUndo(place, field.name, data);
  if (stay) cellOf(place)?.focus();
};

const following = (cell, back) => {
  const cells = all("[data-edit]");
  return cells[cells.indexOf(cell) + (back ? -1 : 1)];
};

const keys = async (event, cell) => {
  if (event.isComposing || event.keyCode === 229) return;
  const area = event.target.tagName === "TEXTAREA";
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close(cell);
    cell.focus();
  } else if (event.key === "Enter" && (!area || event.ctrlKey || event.metaKey) && event.target.tagName !== "BUTTON") {
    event.preventDefault();
    event.stopPropagation();
    save(cell, { stay: true });
  } else if (event.key === "Tab" && event.target.tagName !== "BUTTON") {
    const next = following(cell, event.shiftKey);
    if (!next) return;
    event.preventDefault();
    const place = placeOf(next);
    await save(cell);
    if (!open.has(cell)) begin(cellOf(place) ?? next);
  }
};

export const start = () => {
  on("click", "[data-edit]", (event, cell) => {
    if (event.target.closest("a, button, input, select, textarea, label, form") || getSelection()?.toString()) return;
    begin(cell);
  });
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.("[data-edit]");
    if (!cell) return;
    if (open.has(cell)) keys(event, cell);
    else if (event.target === cell && event.key === "Enter") { event.preventDefault(); begin(cell); }
  });
  on("click", "[data-cell-close]", (event, button) => close(button.closest("[data-edit]")));
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-cell]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    save(event.target.closest("[data-edit]"), { stay: true });
  }, true);
  // Leaving saves, except while a choice between two people's values is open.
  document.addEventListener("focusout", (event) => {
    const cell = event.target.closest?.("[data-edit]");
    if (!cell || !open.has(cell) || cell.contains(event.relatedTarget)) return;
    setTimeout(() => {
      if (open.has(cell) && !cell.contains(document.activeElement) && !one(".ld-conflict", cell) && document.hasFocus()) save(cell);
    }, 120);
  });
  on("click", "[data-pick]", (event, button) => {
    const values = JSON.parse(button.dataset.values);
    const root = button.closest("form");
    all(`[name="${CSS.escape(button.dataset.pick)}"]`, root).forEach((field) => {
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else {
        field.value = values[0] ?? "";
        // Whoever offers something for what is typed (the search for a company) hears of it.
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    });
    one(`[name="${CSS.escape(button.dataset.pick)}"]`, root)?.focus();
  });
};
