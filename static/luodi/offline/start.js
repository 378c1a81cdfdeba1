// On every page: the worker that keeps the log form, visits that wait, and the form whose request found no signal.
import { all, on, one, user, words } from "../dom.js";
import * as draft from "../draft.js";
import { closeSheet } from "../sheet.js";
import { toast } from "../toast.js";
import { shrinkInput } from "./photos.js";
import { enqueueForm, sendSoon } from "./queue.js";
import { whoami } from "./send.js";
import { forget, me, onChange, queueOf, read, remember } from "./store.js";

const FRESH = 15 * 60 * 1000;
const LONGEST_FORGETTING = 3000;
const person = () => (/^\d+$/.test(user()) ? Number(user()) : null);

const show = async () => {
  const waiting = person() ? await queueOf(person()) : [];
  all("[data-waiting]").forEach((line) => {
    line.hidden = !waiting.length;
    one("[data-waiting-count]", line).textContent = waiting.length;
  });
};

// The names to choose from without signal, and whose device this is now.
const refresh = async () => {
  const known = await me();
  const names = await read("choices", person());
  if (known?.user === person() && names && Date.now() - names.at < FRESH) return;
  const who = await whoami();
  if (who?.user) await remember(who);
};

const keepForm = async (form) => {
  await enqueueForm(form, person());
  sendSoon();
  draft.clear(form);
  if (form.closest("#sheet")) closeSheet(); else form.reset();
  toast(words().queued, "warning", { text: "→", url: "/offline/" });
};

// Status 0 is no signal; after a timeout the visit may have arrived, and its uuid makes the repetition harmless.
const rescue = (event) => {
  const form = event.detail.elt;
  if (!person() || !form?.matches?.("form") || !one("[data-queue]", form)) return;
  event.stopPropagation();
  keepForm(form).catch(() => toast(words().offline, "error"));
};

// Once the worker keeps the shell and the device the names, the form is there without signal.
const install = async () => {
  const worker = document.body.dataset.worker;
  if (!worker || !("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(worker, { type: "module", scope: "/" });
  await navigator.serviceWorker.ready;
  document.documentElement.dataset.device = "ready";
};

const work = async () => {
  await refresh();
  await show();
  await sendSoon();
  await install();
};

// The page goes when the form does, and unfinished work of the device with it: so the form waits, but not for ever.
const leave = (event, form) => {
  event.preventDefault();
  const late = new Promise((resolve) => { setTimeout(resolve, LONGEST_FORGETTING); });
  Promise.race([forget(), late]).catch(() => {}).finally(() => form.submit());
};

export const start = () => {
  if (!("indexedDB" in window)) return;
  // Before the general message that there is no connection.
  document.addEventListener("htmx:sendError", rescue, true);
  document.addEventListener("htmx:timeout", rescue, true);
  on("change", "input[type=file]", (event, input) => { if (event.detail !== "shrunk") shrinkInput(input); });
  on("submit", "[data-leave]", leave);
  onChange(() => show().catch(() => {}));
  addEventListener("online", () => sendSoon({ now: true }));
  if (!person()) return;
  work().catch(() => {});
};
