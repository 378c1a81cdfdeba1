// Putting a visit in the queue: from the log form whose request failed, or from the form that works without signal.
import { asPhotos } from "./photos.js";
import { flush } from "./send.js";
import { changed, me, queueOf, write } from "./store.js";

const wanted = ["kind", "summary", "place", "met", "next_step", "next_date"];

// "2026-11-22T14:30" as a moment with its offset: the server's forms are in Beijing time wherever the telephone is, the
// form that works without signal is in the device's own.
const BEIJING = "+08:00";
const moment = (text, zone) => (text ? new Date(`${text}${zone}`) : new Date()).toISOString();

const promises = (form) => {
  const days = form.getAll("promised_due");
  return form.getAll("promised").map((text, place) => ({ text: text.trim(), due_on: days[place] || null })).filter((one) => one.text);
};

const numbers = (form, name) => form.getAll(name).filter(Boolean).map(Number);

// The fields of the form as the API takes them.
export const visitOf = (form, fixed = {}, zone = "") => {
  const visit = { happened_at: moment(form.get("happened_at"), zone) };
  wanted.forEach((name) => { const value = (form.get(name) ?? "").trim(); if (value) visit[name] = value; });
  const company = form.get("company") ?? "";
  const named = (form.get("company_text") ?? "").trim();
  const lead = fixed.lead || (company || (named && !form.get("lead")) ? "" : form.get("lead"));
  if (lead) visit.lead = Number(lead);
  else if (fixed.company || /^\d+$/.test(company)) visit.company = Number(fixed.company || company);
  else if (named) visit.company_name = named;
  if (form.get("trip")) visit.trip = Number(form.get("trip"));
  if (form.get("step_done")) visit.step_done = true;
  const asked = (form.get("asked") ?? "").split("\n").map((line) => line.trim()).filter(Boolean);
  if (asked.length) visit.asked = asked;
  const given = promises(form);
  if (given.length) visit.promised = given;
  ["contacts", "companions"].forEach((name) => { const ids = numbers(form, name); if (ids.length) visit[name] = ids; });
  return visit;
};

export const enqueue = async ({ user, uuid, title, visit, photos, corrected = false }) => {
  await write("queue", { uuid, user, title, visit, photos, corrected, at: Date.now(), state: "waiting", attempts: 0, next: 0 });
  changed();
  const worker = await navigator.serviceWorker?.getRegistration().catch(() => null);
  await worker?.sync?.register("luodi-queue").catch(() => {});
};

// The form that could not be sent, with its photos.
export const enqueueForm = async (form, user) => {
  const data = new FormData(form);
  const marker = form.querySelector("[data-queue]");
  const chosen = form.querySelector("[name=lead]:checked")?.parentElement.textContent ?? "";
  const files = data.getAll("files").filter((file) => file instanceof File && file.size);
  await enqueue({
    user,
    uuid: data.get("request_key") || crypto.randomUUID(),
    title: (marker.dataset.title || chosen || data.get("company_text") || "").trim(),
    visit: visitOf(data, { lead: marker.dataset.lead, company: marker.dataset.company }, BEIJING),
    photos: await asPhotos(files),
  });
};

let timer = 0;

// Send, and come back when the next one may be tried again.
export const sendSoon = async (how = {}) => {
  clearTimeout(timer);
  await flush(how).catch(() => {});
  const known = await me().catch(() => null);
  const waiting = known ? (await queueOf(known.user)).filter((item) => !["refused", "signin"].includes(item.state)) : [];
  if (!waiting.length) return;
  const pause = Math.min(...waiting.map((item) => (item.next || 0) - Date.now()));
  timer = setTimeout(sendSoon, Math.max(3000, Math.min(pause, 60_000)));
};
