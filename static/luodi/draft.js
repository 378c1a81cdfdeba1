// Long texts are kept on this device until they are saved: a lost connection or an expired session costs nothing.
import { all, make, one, store, user, words } from "./dom.js";

const local = store("localStorage");
const DAYS = 7;
const keyOf = (form, field) => `luodi:draft:${user()}:${new URL(form.action, location.href).pathname}:${field.name}`;
const fields = (form) => all("textarea", form);

const restore = (form) => fields(form).forEach((field) => {
  const saved = JSON.parse(local.get(keyOf(form, field)) ?? "null");
  if (!saved || field.value.trim() || Date.now() - saved.at > DAYS * 864e5) return;
  field.value = saved.text;
  const note = make("p", "ld-draft", words().draft);
  const discard = make("button", "", words().discard);
  discard.type = "button";
  discard.addEventListener("click", () => { field.value = ""; local.drop(keyOf(form, field)); note.remove(); field.focus(); });
  note.append(discard);
  field.after(note);
});

export const clear = (form) => fields(form).forEach((field) => local.drop(keyOf(form, field)));

export const start = () => {
  let timer = 0;
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (!form || event.target.tagName !== "TEXTAREA") return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const text = event.target.value;
      if (text.trim()) local.set(keyOf(form, event.target), JSON.stringify({ text, at: Date.now() }));
      else local.drop(keyOf(form, event.target));
    }, 300);
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
