// Shortcuts; off while somebody types or composes Chinese.
import { one, typing } from "./dom.js";
import { openPalette } from "./palette.js";

const submit = (target) => {
  const form = target.closest("form") ?? one("dialog[open] form.ld-form, form.ld-form");
  if (form && form.method !== "dialog") form.requestSubmit(one("[data-submit]", form) ?? undefined);
};

const single = {
  "/": () => (one("#list-search") ?? one("#top-search"))?.focus(),
  n: () => one("[data-key=n]")?.click(),
};

export const start = () => {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
    } else if (command && event.key === "Enter" && event.target.closest?.("form.ld-form")) {
      event.preventDefault();
      submit(event.target);
    } else if (!command && !event.altKey && !typing(event.target) && !one("dialog[open]") && single[event.key]) {
      event.preventDefault();
      single[event.key]();
    }
  });
};
