// Forms: once is enough, files survive a refusal, the first mistake gets the focus, the look is switched in place.
import { all, csrf, make, on, one, setCookie, store, words, user } from "./dom.js";

const busy = (form, state) => {
  form.toggleAttribute("data-busy", state);
  form.setAttribute("aria-busy", String(state));
  all("button:not([type=button])", form).forEach((button) => {
    if (state) button.setAttribute("aria-disabled", "true"); else button.removeAttribute("aria-disabled");
  });
};

const kept = new Map();
const keepFiles = (form) => all("input[type=file]", form).forEach((input) => input.files.length && kept.set(input.name, input.files));
const giveBackFiles = (form) => all("input[type=file]", form).forEach((input) => {
  if (!kept.has(input.name)) return;
  input.files = kept.get(input.name);
  kept.delete(input.name);
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

const preview = (input) => {
  const host = one(`[data-previews="${input.id}"]`);
  if (!host) return;
  all("img", host).forEach((image) => URL.revokeObjectURL(image.src));
  host.replaceChildren(...[...input.files].map((file, index) => {
    const box = make("div", "ld-preview");
    if (file.type.startsWith("image/")) {
      const image = make("img");
      image.alt = "";
      // HEIC, which only some browsers draw: the name alone; the server makes a picture of it.
      image.addEventListener("error", () => image.remove(), { once: true });
      image.src = URL.createObjectURL(file);
      box.append(image);
    }
    const remove = make("button", "btn-close");
    remove.type = "button";
    remove.setAttribute("aria-label", `${words().remove} ${file.name}`);
    remove.addEventListener("click", () => {
      const rest = new DataTransfer();
      [...input.files].filter((other, place) => place !== index).forEach((other) => rest.items.add(other));
      input.files = rest.files;
      preview(input);
    });
    box.append(make("span", "ld-ellipsis", file.name), make("span", "ld-quiet", `${Math.max(1, Math.round(file.size / 1024))} KB`), remove);
    return box;
  }));
};

const switchTheme = (event, form) => {
  event.preventDefault();
  const theme = event.submitter?.value ?? "auto";
  setCookie("theme", theme);
  document.documentElement.dataset.themeChoice = theme;
  dispatchEvent(new Event("luodi:theme"));
  if (user() === "-") return;
  const data = new FormData();
  data.append("theme", theme);
  fetch(form.action, { method: "POST", body: data, headers: { "X-CSRFToken": csrf(), "HX-Request": "true" } }).catch(() => {});
};

export const start = () => {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || form.method === "get" || "themeForm" in form.dataset) return;
    if (form.hasAttribute("data-busy")) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else if (!form.hasAttribute("hx-post")) {
      // Let the browser read the pressed button's value first.
      setTimeout(() => busy(form, true));
    }
  }, true);
  addEventListener("pageshow", () => all("form[data-busy]").forEach((form) => busy(form, false)));
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches?.("form[hx-post]")) busy(event.target, true);
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const redirected = event.detail.xhr?.getResponseHeader?.("HX-Redirect");
    if (event.target.matches?.("form[hx-post]") && !redirected) busy(event.target, false);
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.matches?.("form[hx-post]")) keepFiles(event.detail.target);
  });
  document.body.addEventListener("htmx:load", (event) => {
    const form = event.detail.elt;
    if (!form.matches?.("form.ld-form")) return;
    giveBackFiles(form);
    (one(".ld-field-wrong :is(input:not([type=hidden]), select, textarea)", form) ?? one(".ld-form-alert", form))?.focus?.();
  });
  on("change", "input[type=file]", (event, input) => preview(input));
  // An answer still on its way would take the chosen company away again.
  on("change", "#company-options input", (event, input) => htmx.trigger(one("[name=company_text]", input.form), "htmx:abort"));
  on("submit", "[data-theme-form]", switchTheme);
  on("submit", "[data-leave]", () => {
    // Whoever signs out leaves no drafts behind on this device.
    const local = store("localStorage");
    local.keys().filter((key) => key.startsWith("luodi:draft:")).forEach(local.drop);
    store("sessionStorage").keys().filter((key) => key.startsWith("luodi:")).forEach(store("sessionStorage").drop);
  });
  on("click", "[data-side-toggle]", (event, button) => {
    const narrow = document.documentElement.dataset.side !== "narrow";
    if (narrow) document.documentElement.dataset.side = "narrow"; else delete document.documentElement.dataset.side;
    setCookie("side", narrow ? "narrow" : "wide");
    button.setAttribute("aria-pressed", String(narrow));
  });
  on("click", "[data-fill]", (event, button) => {
    Object.entries(JSON.parse(button.dataset.fill)).forEach(([name, value]) => {
      const field = one(`[name="${name}"]`, button.closest("form"));
      if (field) field.value = value;
    });
    one("[data-submit]", button.closest("form"))?.focus();
  });
};
