// Sending what waits: each visit under its own uuid, each photo under its own, so that a repetition changes nothing.
import { change, changed, me, queueOf, remember } from "./store.js";

const WHO = "/offline/me/";
const VISITS = "/api/v1/activities/";
const LONGEST_PAUSE = 10 * 60 * 1000;

// Who is signed in now, with a fresh CSRF token; null when there is no signal.
export const whoami = async () => {
  try {
    const answer = await fetch(WHO, { headers: { Accept: "application/json" }, cache: "no-store", credentials: "same-origin" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
};

// What was corrected meanwhile, and so written at another moment, is left alone; what was discarded does not come back.
const ifSame = (item, next) => change("queue", item.uuid, (row) => (row.at === item.at ? next(row) : row));

const keep = async (item, values) => {
  Object.assign(item, values);
  await ifSame(item, (row) => ({ ...row, ...values }));
  changed();
};

const post = async (url, body, who) => {
  const json = !(body instanceof FormData);
  const headers = { "X-CSRFToken": who.csrf, Accept: "application/json", "Accept-Language": who.language };
  if (json) headers["Content-Type"] = "application/json";
  try {
    const answer = await fetch(url, { method: "POST", headers, body: json ? JSON.stringify(body) : body, credentials: "same-origin" });
    const data = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    return { status: answer.status, data };
  } catch {
    return { status: 0, data: {} };
  }
};

const words = (data) => [...new Set([data.detail, ...(data.errors ?? []).map((error) => error.message)])].filter(Boolean).join(" ");

// What an answer means for the item: it goes on, it waits, or a person has to look at it.
const failure = (item, { status, data }) => {
  const attempts = (item.attempts ?? 0) + 1;
  const next = Date.now() + Math.min(LONGEST_PAUSE, 2000 * 2 ** attempts);
  if (status === 0) return { state: "waiting", attempts, next };
  if (status === 401) return { state: "signin", attempts, next: 0 };
  if (status >= 500 || status === 408 || status === 429) return { state: "failed", attempts, next, reason: words(data) };
  return { state: "refused", attempts, next: 0, reason: words(data), code: data.code ?? "", field: data.errors?.[0]?.field ?? "" };
};

// Corrected here while it was on its way: the server has it as it stood before, and says so.
const SHOWN = ["kind", "summary", "place", "next_step", "next_date"];
const differs = (visit, saved) =>
  SHOWN.some((name) => (visit[name] ?? "").trim() !== (saved[name] ?? "").trim()) || new Date(visit.happened_at) - new Date(saved.happened_at) !== 0;

const sendVisit = async (item, who) => {
  if (item.sent) return true;
  const answer = await post(VISITS, { ...item.visit, uuid: item.uuid }, who);
  if (answer.status === 200 || answer.status === 201) {
    const url = `/activities/${answer.data.id}/`;
    if (answer.status === 200 && item.corrected && differs(item.visit, answer.data)) {
      await keep(item, { state: "refused", code: "arrived", reason: "", url });
      return false;
    }
    await keep(item, { sent: answer.data.id, url, reason: "" });
    return true;
  }
  await keep(item, failure(item, answer));
  return false;
};

const sendPhoto = async (item, photo, who) => {
  const body = new FormData();
  body.append("uuid", photo.uuid);
  body.append("file", new File([photo.blob], photo.name, { type: photo.type }));
  const answer = await post(`${VISITS}${item.sent}/files/`, body, who);
  if (answer.status === 200 || answer.status === 201) {
    await keep(item, { photos: item.photos.filter((other) => other.uuid !== photo.uuid), attempts: 0 });
    return true;
  }
  const wrong = failure(item, answer);
  await keep(item, { ...wrong, reason: wrong.reason ? `${photo.name}: ${wrong.reason}` : "" });
  return false;
};

const isDue = (item, now) => item.state !== "refused" && (now || !(item.next > Date.now()));

const sendItem = async (uuid, now, who) => {
  const item = await change("queue", uuid, (row) => (isDue(row, now) ? { ...row, state: "sending" } : row));
  if (item?.state !== "sending") return;
  changed();
  if (!await sendVisit(item, who)) return;
  for (const photo of [...item.photos]) if (!await sendPhoto(item, photo, who)) return;
  await ifSame(item, () => null);
  changed();
};

const sendAll = async (now) => {
  const known = await me();
  if (!known || !(await queueOf(known.user)).length) return "nothing";
  const who = await whoami();
  if (!who) return "offline";
  const items = await queueOf(known.user);
  if (who.user !== known.user) {
    // Signed out, or somebody else signed in: the queue stays with its writer.
    if (who.user) await remember(who);
    else for (const item of items) if (item.state !== "refused") await keep(item, { state: "signin" });
    changed();
    return "signin";
  }
  await remember(who);
  for (const { uuid } of items) await sendItem(uuid, now, who);
  return "sent";
};

// One at a time, whichever tab or worker is first; a second one comes back later.
export const flush = ({ now = false } = {}) =>
  navigator.locks ? navigator.locks.request("luodi-send", { ifAvailable: true }, (lock) => (lock ? sendAll(now) : "busy")) : sendAll(now);
