// Long texts are kept on this device until they are saved: a lost connection or an expired session costs nothing.
import { all, make, one, store, user, words } from "./dom.js";

const local = store("localStorage");
const DAYS = 7;
const keyOf = (form, field) => `luodi:draft:${user()}:${new URL(form.action, location.href).pathname}:${field.name}`;
// Whatever is typed, but for the company box, whose letters mean nothing without the choice below it.
const KEPT = "textarea, input[type=text]:not([name=company_text], [name=promised]), input[type=date]:not([name=promised_due])";
const fields = (form) => all(KEPT, form);

const saved = (form, field) => {
  const kept = JSON.parse(local.get(keyOf(form, field)) ?? "null");
  return kept && !field.value.trim() && Date.now() - kept.at <= DAYS * 864e5 ? kept.text : "";
};

// One word for the whole form, however many fields came back.
const restore = (form) => {
  const found = fields(form).filter((field) => {
    const text = saved(form, field);
    if (text) field.value = text;
    return Boolean(text);
  });
  if (!found.length) return;
  const note = make("p", "ld-draft", words().draft);
  const discard = make("button", "", words().discard);
  discard.type = "button";
  discard.addEventListener("click", () => {
    found.forEach((field) => { field.value = ""; local.drop(keyOf(form, field)); });
    note.remove();
    found[0].focus();
  });
  note.append(discard);
  found.forEach((field) => { const more = field.closest("details"); if (more) more.open = true; });
  found[0].after(note);
};

const keep = (form, field) => {
  const text = field.value;
  if (text.trim()) local.set(keyOf(form, field), JSON.stringify({ text, at: Date.now() }));
  else local.drop(keyOf(form, field));
};

export const clear = (form) => {
  form.dataset.saved = "1";
  fields(form).forEach((field) => local.drop(keyOf(form, field)));
};

export const start = () => {
  let timer = 0;
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (!form || !event.target.matches(KEPT)) return;
    clearTimeout(timer);
    timer = setTimeout(() => keep(form, event.target), 300);
  });
  // Whoever taps beside the field or locks the phone loses nothing either.
  document.addEventListener("focusout", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (!form || form.dataset.saved || !event.target.matches(KEPT)) return;
    if (event.target.value !== event.target.defaultValue) keep(form, event.target);
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (form && event.detail.xhr?.status === 204) { clearTimeout(timer); clear(form); }
  });
  document.body.addEventListener("htmx:load", (event) => {
    const form = event.detail.elt.matches?.("form[data-draft]") ? event.detail.elt : one("form[data-draft]", event.detail.elt);
    if (form) restore(form);
  });
};
