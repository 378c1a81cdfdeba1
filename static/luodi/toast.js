// Messages at the edge of the page: from Django's messages, from HX-Trigger, from other modules.
import { all, make, on, one, words } from "./dom.js";

const SECONDS = { success: 6, info: 8, warning: 12 };

const leaveLater = (toast) => {
  const level = Object.keys(SECONDS).find((name) => toast.classList.contains(`ld-toast-${name}`));
  if (!level) return; // an error stays until it is read
  let timer = setTimeout(() => toast.remove(), (Number(toast.dataset.seconds) || (one("form", toast) ? 10 : SECONDS[level])) * 1000);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => { timer = setTimeout(() => toast.remove(), 3000); });
};

// A link leads somewhere ({text, url}) or does something ({text, run}), and then stays for ten seconds.
export const toast = (text, level = "info", link = null) => {
  const box = make("div", `ld-toast ld-toast-${level}`);
  const body = make("div", "ld-toast-text", text);
  if (link) {
    const anchor = make(link.run ? "button" : "a", link.run ? "ld-toast-act" : "", link.text);
    if (link.run) {
      anchor.type = "button";
      anchor.addEventListener("click", () => { box.remove(); link.run(); });
    } else {
      anchor.href = link.url;
    }
    body.append(" ", anchor);
  }
  const close = make("button", "btn-close");
  close.type = "button";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", words().close ?? "");
  box.append(body, close);
  // A dialog covers the page; its own messages must be above it.
  (one("dialog[open]:not(.ld-palette)") ?? document.body).append(one("#toasts"));
  const host = one("#toasts");
  all(".ld-toast", host).filter((other) => one(".ld-toast-text", other)?.textContent === body.textContent).forEach((other) => other.remove());
  host.append(box);
  if (link?.run) box.dataset.seconds = "10";
  leaveLater(box);
  return box;
};

export const start = () => {
  all("[data-toast]").forEach(leaveLater);
  on("click", "[data-toast-close]", (event, button) => button.closest(".ld-toast").remove());
  document.body.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.level));
  document.addEventListener("close", () => document.body.append(one("#toasts")), true);
};
