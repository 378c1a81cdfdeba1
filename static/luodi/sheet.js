// The side sheet that forms open in, and the question before something that cannot be undone.
import { all, on, one, words } from "./dom.js";

const sheet = () => one("#sheet");
let opener = null;

// With `stay`, saving leads back to the page below instead of to what was saved.
export const openSheet = async (address, from = null, { stay = false } = {}) => {
  const url = new URL(address, location.href);
  if (stay) url.searchParams.set("next", location.pathname + location.search);
  opener = from;
  await htmx.ajax("GET", url.pathname + url.search, { target: "#sheet-body", swap: "innerHTML", source: "#sheet-body" });
  if (one("#sheet-body").children.length && !sheet().open) sheet().showModal();
  focusFirst();
};

const focusFirst = () => {
  const wrong = one(".ld-field-wrong :is(input, select, textarea)", sheet());
  (wrong ?? one("[autofocus], .ld-form :is(input:not([type=hidden]), select, textarea)", sheet()))?.focus();
};

export const closeSheet = () => {
  sheet().close();
  one("#sheet-body").replaceChildren();
  opener?.focus?.();
};

export const ask = (text, { title = "", yes = "", danger = false } = {}) => new Promise((resolve) => {
  const dialog = one("#confirm");
  const button = one("#confirm-yes");
  one("#confirm-text").textContent = text;
  if (title) one("#confirm-title").textContent = title;
  if (yes) button.textContent = yes;
  button.classList.toggle("btn-danger", danger);
  button.classList.toggle("btn-primary", !danger);
  dialog.returnValue = "no";
  dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  dialog.showModal();
});

// Text areas do not count: their drafts are kept anyway.
const isDirty = () => all(".ld-form :is(input:not([type=hidden]), select)", sheet()).some((field) =>
  field instanceof HTMLSelectElement
    ? [...field.options].some((option) => option.selected !== option.defaultSelected) && field.dataset.touched
    : field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);

const leave = async () => {
  if (!isDirty() || await ask(words().leaveForm)) closeSheet();
};

// data-carries="kind": what is chosen in the form around the link is chosen in the sheet, too.
const carried = (link) => {
  const url = new URL(link.href);
  const form = link.dataset.carries && new FormData(link.closest("form"));
  if (form) link.dataset.carries.split(" ").forEach((name) => form.get(name) && url.searchParams.set(name, form.get(name)));
  return url.href;
};

export const start = () => {
  on("click", "a[data-sheet]", (event, link) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const more = one("#more.show");
    if (more) bootstrap.Offcanvas.getInstance(more)?.hide();
    openSheet(carried(link), link, { stay: link.dataset.sheet === "stay" });
  });
  on("change", "#sheet select", (event, field) => { field.dataset.touched = "1"; });
  on("click", "[data-dialog-close]", (event, button) => {
    const dialog = button.closest("dialog");
    if (dialog === sheet()) leave(); else dialog.close();
  });
  sheet()?.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
  document.addEventListener("click", (event) => {
    if (event.target instanceof HTMLDialogElement && event.target.open) {
      if (event.target === sheet()) leave(); else event.target.close("no");
    }
  });
  document.body.addEventListener("sheet-again", (event) => { all("form", sheet()).forEach((form) => form.reset()); openSheet(event.detail.url, opener); });
  document.addEventListener("luodi:sheet", (event) => openSheet(event.detail));
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.closest?.("#sheet")) focusFirst();
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const { xhr, requestConfig } = event.detail;
    const done = requestConfig?.verb === "post" && xhr?.status === 204 && !xhr.getResponseHeader("HX-Redirect");
    const again = xhr?.getResponseHeader("HX-Trigger")?.includes("sheet-again");
    if (done && !again && sheet()?.open) closeSheet();
  });
  // Forms and links that ask first: data-confirm="…", data-confirm-danger.
  document.addEventListener("submit", async (event) => {
    const source = event.submitter?.dataset.confirm ? event.submitter : event.target;
    if (!source.dataset.confirm || source.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const yes = event.submitter?.textContent.trim() ?? "";
    if (!await ask(source.dataset.confirm, { yes, danger: "confirmDanger" in source.dataset })) return;
    source.dataset.confirmed = "1";
    event.target.requestSubmit(event.submitter ?? undefined);
    delete source.dataset.confirmed;
  }, true);
};

