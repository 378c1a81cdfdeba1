// Shortcuts; off while somebody types, composes Chinese, or answers a dialog. `data-key="r"` on a link or button of the
// page makes it pressable by that letter.
import { all, one, typing } from "./dom.js";
import { openPalette } from "./palette.js";

const formOf = (target) => target.closest?.("form.ld-form, form[data-draft]") ?? one("dialog[open] form.ld-form") ?? one("form.ld-form");

const submit = (form, { again = false } = {}) => {
  if (!form || form.method === "dialog") return;
  one("input[name=again]", form)?.remove();
  if (again) {
    const more = document.createElement("input");
    Object.assign(more, { type: "hidden", name: "again", value: "1" });
    form.append(more);
  }
  form.requestSubmit(one("[data-submit]", form) ?? undefined);
};

const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

const create = () => {
  const own = all("[data-key=n]").find(visible);
  if (own) own.click(); else one("[data-create-menu]")?.click();
};

const filters = () => {
  const panel = one(".ld-filters details[data-panel]");
  if (!panel) return;
  const first = () => one("input:not([type=hidden]), select", panel)?.focus();
  // Its fields come when it is opened for the first time.
  if (one(".ld-panel-wait", panel)) panel.addEventListener("htmx:load", first, { once: true });
  panel.open = true;
  first();
};

// From row to row of a list, as in mail: Enter opens the one that is marked.
const walkRows = (way) => {
  const links = all(".ld-row-link").filter(visible);
  const row = document.activeElement.closest?.("tr");
  const now = row ? links.findIndex((link) => row.contains(link)) : -1;
  const next = links[Math.max(0, now + way)];
  next?.focus();
  next?.closest("tr")?.scrollIntoView({ block: "nearest" });
};

const single = {
  j: () => walkRows(1),
  k: () => walkRows(-1),
  "/": () => (one("#list-search") ?? one("#top-search"))?.focus(),
  f: filters,
};

const back = () => {
  const crumbs = all(".ld-crumbs a");
  crumbs.at(-1)?.click();
};

const command = (event) => {
  const key = event.key.toLowerCase();
  if (key === "k") return openPalette;
  if (key === "/") return () => { const help = one("#help"); if (help && !help.open) help.showModal(); };
  if (event.key === "Enter" && formOf(event.target) && typing(event.target)) return () => submit(formOf(event.target), { again: event.altKey });
  if (key === "s" && !event.altKey && formOf(event.target)) return () => submit(formOf(event.target));
  const beside = { ArrowLeft: "previous", ArrowRight: "next" }[event.key];
  const link = beside && !typing(event.target) && one(`[data-beside=${beside}]`);
  return link ? () => link.click() : null;
};

const plain = (event) => {
  if (typing(event.target) || one("dialog[open]")) return null;
  if (event.key === "Escape") return one(".ld-crumbs a") && !one("details[data-panel][open], .dropdown-menu.show, .ld-editing") ? back : null;
  if (event.key === "n") return create;
  const keyed = /^[a-z]$/.test(event.key) ? all(`[data-key="${event.key}"]`) : [];
  const own = keyed.find(visible) ?? keyed[0];
  if (!own) return single[event.key] ?? null;
  return () => (own.matches("input, textarea, select") ? own.focus() : own.click());
};

export const start = () => {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.id === "list-search" && !event.target.value) event.target.blur();
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    const act = event.ctrlKey || event.metaKey ? command(event) : event.altKey ? null : plain(event);
    if (!act) return;
    event.preventDefault();
    act();
  });
};
