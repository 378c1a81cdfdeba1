// What this device keeps: who works here, the names to choose from, and visits that wait to be sent.
// Every record carries its user; nobody reads or sends another person's.
const NAME = "luodi";
const STORES = { meta: "key", choices: "user", queue: "uuid" };

const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () =>
    Object.entries(STORES).forEach(([store, keyPath]) => request.result.createObjectStore(store, { keyPath }));
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
// Where storage is forbidden the pages work without it.
opened.catch(() => {});

const ask = async (store, mode, act) => {
  const base = await opened;
  return new Promise((resolve, reject) => {
    const transaction = base.transaction(store, mode);
    const request = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
};

export const read = (store, key) => ask(store, "readonly", (rows) => rows.get(key));
export const write = (store, row) => ask(store, "readwrite", (rows) => rows.put(row));
export const drop = (store, key) => ask(store, "readwrite", (rows) => rows.delete(key));

// Read and write in one transaction, where another tab or the person may have been faster: `next` answers the row to keep
// (the same one: nothing changes), or null to drop it. A row that is gone stays gone.
export const change = async (store, key, next) => {
  const base = await opened;
  return new Promise((resolve, reject) => {
    const transaction = base.transaction(store, "readwrite");
    const rows = transaction.objectStore(store);
    let kept = null;
    rows.get(key).onsuccess = (event) => {
      const row = event.target.result;
      kept = row ? next(row) : null;
      if (kept && kept !== row) rows.put(kept);
      if (row && !kept) rows.delete(key);
    };
    transaction.oncomplete = () => resolve(kept);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
};

export const me = async () => (await read("meta", "me"))?.value ?? null;
export const queueOf = async (user) => {
  const rows = await ask("queue", "readonly", (all) => all.getAll());
  return rows.filter((row) => row.user === user).sort((one, other) => one.at - other.at);
};

// Pages, other tabs and the service worker hear of every change.
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("luodi-queue") : null;
const listeners = new Set();
export const changed = () => { channel?.postMessage("changed"); listeners.forEach((listener) => listener()); };
export const onChange = (listener) => {
  listeners.add(listener);
  channel?.addEventListener("message", () => listener());
};

let leaving = false;

// Another person at this device: the names that the last one saw go, what the last one wrote stays until that person is back.
export const remember = async (answer) => {
  if (leaving) return;
  const before = await me();
  if (before && before.user !== answer.user) await drop("choices", before.user);
  await write("meta", { key: "me", value: { user: answer.user, name: answer.name, language: answer.language } });
  await write("choices", { user: answer.user, at: Date.now(), leads: answer.leads, companies: answer.companies, trips: answer.trips });
};

// In one transaction: half of it would leave names for whoever opens the device next. An answer still on its way comes too late.
export const forget = async () => {
  leaving = true;
  const base = await opened;
  await new Promise((resolve, reject) => {
    const transaction = base.transaction(["meta", "choices"], "readwrite");
    const meta = transaction.objectStore("meta");
    meta.get("me").onsuccess = (event) => {
      const before = event.target.result?.value;
      meta.delete("me");
      if (!before) return;
      meta.delete(`draft:${before.user}`);
      transaction.objectStore("choices").delete(before.user);
    };
    transaction.oncomplete = resolve;
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
};
