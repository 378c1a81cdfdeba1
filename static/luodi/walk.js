// From a record to its neighbours in the list that one came from: the list remembers itself when a row is opened.
import { all, on, one, store } from "./dom.js";

const session = store("sessionStorage");
const KEY = "luodi:walk";
// /leads/17/ and /leads/18/ are records of one kind.
const kindOf = (path) => path.replace(/\d+/g, "#");

const remember = (event, link) => {
  if (!link.closest("[data-list], [data-board]")) return;
  const list = one("[data-list]") ? location.pathname + location.search : null;
  if (list) session.set(KEY, JSON.stringify({ list, kind: kindOf(new URL(link.href).pathname) }));
};

const neighbours = async (host) => {
  const walk = JSON.parse(session.get(KEY) ?? "null");
  if (!walk || walk.kind !== kindOf(location.pathname)) return;
  const url = new URL(walk.list, location.href);
  url.searchParams.delete("cursor");
  url.searchParams.set("beside", host.dataset.walk);
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) return;
    host.innerHTML = await answer.text();
    host.hidden = !one("[data-beside]", host);
  } catch { /* the list is one click away */ }
};

export const start = () => {
  on("click", "a.ld-row-link", remember);
  on("auxclick", "a.ld-row-link", remember);
  all("[data-walk]").forEach(neighbours);
};
