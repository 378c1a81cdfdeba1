// The page that works without signal: a form, and what waits on this device with its state.
import { all, make, on, one } from "../dom.js";
import { asPhotos } from "./photos.js";
import { enqueue, sendSoon, visitOf } from "./queue.js";
import { change, changed, drop, me, onChange, queueOf, read, write } from "./store.js";

const words = one("#offline-words").dataset;
const form = one("#offline-form");
let who = null;
let editing = null;
let saving = false;
let photos = [];
let trips = [];

const local = (moment) => {
  const date = moment ? new Date(moment) : new Date();
  return new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

// Choosing -------------------------------------------------------------------------------------------------------
const option = (value, text) => { const row = make("option", "", text); row.value = value; return row; };

const offer = async () => {
  const known = await read("choices", who.user);
  const group = (label, rows, prefix) => {
    const box = make("optgroup");
    box.label = label;
    box.append(...rows.map((row) => option(`${prefix}:${row.id}`, row.name)));
    return rows.length ? [box] : [];
  };
  one("[name=target]", form).replaceChildren(
    option("", words.choose),
    ...group(words.leads, known?.leads ?? [], "lead"),
    ...group(words.companies, known?.companies ?? [], "company"),
    option("new", words.other),
  );
  trips = known?.trips ?? [];
  one("[name=trip]", form).replaceChildren(option("", "—"), ...trips.map((trip) => option(trip.id, trip.name)));
  one("[data-trips]", form).hidden = !trips.length;
};

// The journey that is under way is chosen already.
const underway = () => String(trips.find((trip) => trip.until >= local().slice(0, 10))?.id ?? "");

const showName = () => { one("[data-other]", form).hidden = one("[name=target]", form).value !== "new"; };

// Photos ---------------------------------------------------------------------------------------------------------
const showPhotos = () => {
  one("[data-photos]", form).replaceChildren(...photos.map((photo) => {
    const box = make("div", "ld-preview");
    if (photo.type.startsWith("image/")) {
      const image = make("img");
      image.alt = photo.name;
      image.addEventListener("error", () => image.remove(), { once: true });
      image.src = URL.createObjectURL(photo.blob);
      image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
      box.append(image);
    }
    const remove = make("button", "btn-close");
    remove.type = "button";
    remove.setAttribute("aria-label", `${words.remove} ${photo.name}`);
    remove.addEventListener("click", () => { photos = photos.filter((other) => other !== photo); showPhotos(); save(); });
    box.append(make("span", "ld-ellipsis", photo.name), remove);
    return box;
  }));
};

// Drafts ---------------------------------------------------------------------------------------------------------
const fields = () => all("input:not([type=file]), textarea, select", form).filter((field) => field.name);
const values = () => Object.fromEntries(fields().filter((field) => field.type !== "radio" || field.checked).map((field) => [field.name, field.value]));
const fill = (data) => {
  fields().forEach((field) => {
    if (field.type === "radio") field.checked = field.value === (data[field.name] ?? "outbound_visit");
    else field.value = data[field.name] ?? "";
  });
  showName();
};

const draftKey = () => `draft:${who.user}`;
const save = () => who && !saving && write("meta", { key: draftKey(), value: { fields: values(), photos, editing } });

const blank = () => { editing = null; photos = []; fill({ happened_at: local(), trip: underway() }); showPhotos(); };

const restore = async () => {
  const kept = (await read("meta", draftKey()))?.value;
  if (!kept) return blank();
  ({ photos, editing } = kept);
  fill(kept.fields);
  return showPhotos();
};

// Saving ---------------------------------------------------------------------------------------------------------
const wrong = (text) => {
  const place = one("[data-error]", form);
  place.textContent = text;
  place.hidden = !text;
};

const keep = async () => {
  const data = new FormData(form);
  const [kind, id] = (data.get("target") ?? "").split(":");
  const name = (data.get("company_text") ?? "").trim();
  if (!data.get("summary").trim()) return wrong(words.summaryMissing);
  if (!kind || (kind === "new" && name.length < 4)) return wrong(words.targetMissing);
  if (kind !== "new") data.delete("company_text");
  const visit = visitOf(data, kind === "new" ? {} : { [kind]: id });
  const title = kind === "new" ? name : one("[name=target]", form).selectedOptions[0].textContent;
  wrong("");
  const corrected = Boolean(editing);
  await enqueue({ user: who.user, uuid: editing ?? crypto.randomUUID(), title, visit, photos, corrected });
  await drop("meta", draftKey());
  blank();
  return true;
};

// Two taps are one visit: the second comes while the device still writes the first, photos and all.
const submit = async () => {
  if (saving) return;
  saving = true;
  clearTimeout(form.timer);
  const kept = await keep().catch(() => wrong(words.full)).finally(() => { saving = false; });
  await (kept ? sendSoon({ now: true }) : save());
};

// What waits -----------------------------------------------------------------------------------------------------
const state = (item) => {
  if (item.code === "arrived") return words.arrived;
  if (item.state === "refused") return item.sent ? words.photoRefused : words.refused;
  if (item.state === "signin") return words.signin;
  if (item.state === "sending") return words.sending;
  return item.sent ? words.photosWait.replace("{n}", item.photos.length) : words.waiting;
};

const button = (text, act, css = "btn btn-sm") => {
  const one = make("button", css, text);
  one.type = "button";
  one.addEventListener("click", act);
  return one;
};

// Changed only while the server cannot have it: else the copy there and the one here would differ.
const edit = async (item) => {
  const { visit } = item;
  const promise = visit.promised?.[0];
  editing = item.uuid;
  photos = item.photos;
  const target = visit.lead ? `lead:${visit.lead}` : visit.company ? `company:${visit.company}` : "new";
  fill({
    ...visit, target, company_text: visit.company_name, happened_at: local(visit.happened_at), asked: visit.asked?.join("\n"),
    promised: promise?.text, promised_due: promise?.due_on,
  });
  showPhotos();
  await save();
  form.scrollIntoView();
  one("[name=summary]", form).focus();
};

const discard = async (item) => {
  if (!confirm(words.discardSure)) return;
  await drop("queue", item.uuid);
  changed();
};

const again = async (item) => {
  await change("queue", item.uuid, (row) => ({ ...row, state: "waiting", next: 0 }));
  changed();
  await sendSoon({ now: true });
};

const buttons = (item) => {
  if (item.state === "sending") return [];
  const found = [];
  const arrived = item.code === "arrived";
  if (!item.sent && !arrived && (item.state === "refused" || !item.attempts)) found.push(button(words.edit, () => edit(item)));
  if (item.state === "refused" && !arrived) found.push(button(words.again, () => again(item)));
  found.push(button(words.discard, () => discard(item)));
  if (item.url) { const link = make("a", "btn btn-sm", words.open); link.href = item.url; found.push(link); }
  return found;
};

const row = (item) => {
  const line = make("li", `ld-item off-item off-${item.state}`);
  const text = make("span", "ld-item-text");
  const kinds = one(`[name=kind][value="${item.visit.kind}"]`, form)?.parentElement.textContent ?? "";
  text.append(make("span", "ld-item-title", item.title || words.other));
  text.append(make("span", "ld-item-note", `${kinds} · ${local(item.visit.happened_at).replace("T", " ")}${item.photos.length ? ` · ${words.photos.replace("{n}", item.photos.length)}` : ""}`));
  text.append(make("span", "off-said", item.visit.summary));
  text.append(make("span", "off-state", state(item)));
  if (item.reason) text.append(make("span", "off-reason", item.reason));
  const foot = make("span", "off-buttons");
  foot.append(...buttons(item));
  text.append(foot);
  line.append(text);
  return line;
};

const show = async () => {
  const items = who ? await queueOf(who.user) : [];
  one("#offline-queue").replaceChildren(...items.map(row));
  one("#offline-waiting").hidden = !items.length;
  one("#offline-login").hidden = !items.some((item) => item.state === "signin");
  document.documentElement.dataset.waiting = items.length;
};

const signal = () => { document.documentElement.dataset.signal = navigator.onLine ? "yes" : "no"; };

const begin = async () => {
  signal();
  who = await me();
  one("#offline-nobody").hidden = Boolean(who);
  form.hidden = !who;
  await show();
  if (who) { await offer(); await restore(); }
  one("#offline-name").textContent = who?.name ?? "";
  document.documentElement.dataset.ready = "1";
  sendSoon();
};

form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
form.addEventListener("input", () => { clearTimeout(form.timer); form.timer = setTimeout(save, 250); });
form.addEventListener("focusout", save);
on("change", "[name=target]", showName);
on("change", "[name=photos]", async (event, input) => { photos = [...photos, ...await asPhotos(input.files)].slice(0, 9); input.value = ""; showPhotos(); save(); });
on("click", "#offline-send", () => sendSoon({ now: true }));
addEventListener("pagehide", save);
addEventListener("online", () => { signal(); sendSoon({ now: true }); });
addEventListener("offline", signal);
// Whose device it is may turn out while the page is open: what waits here is for that person's eyes alone.
onChange(async () => ((await me())?.user === who?.user ? show() : begin()));
begin();
