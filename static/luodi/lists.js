// Lists: clean addresses, panels that close, and links back to the list as it was left.
import { all, on, one, store } from "./dom.js";

const session = store("sessionStorage");
const keyOf = (path) => `luodi:list:${path}`;

const remember = () => {
  if (one("[data-list]")) session.set(keyOf(location.pathname), location.search);
};

const recall = () => all("a[data-list-memory]").forEach((link) => {
  const url = new URL(link.href);
  const query = session.get(keyOf(url.pathname));
  if (!query || url.pathname === location.pathname) return;
  const kept = new URLSearchParams(query);
  kept.delete("cursor");
  const park = url.searchParams.get("park");
  if (park) kept.set("park", park); else kept.delete("park");
  url.search = kept;
  link.setAttribute("href", url.pathname + url.search);
});

// A field of the panel outdoes what the form keeps for it while the panel was never opened.
const prune = () => all("#list-kept input").forEach((kept) => {
  const named = all(`[name="${CSS.escape(kept.name)}"]`, kept.form);
  if (named.some((control) => !control.closest("#list-kept"))) kept.remove();
});

const closePanels = (except = null) => all("details[data-panel][open]").forEach((panel) => { if (panel !== except) panel.open = false; });

// The address may have changed since the page came: the park is chosen for the filters of now.
const toPark = (link) => {
  const url = new URL(location.href);
  ["cursor", "park"].forEach((name) => url.searchParams.delete(name));
  if (link.dataset.park) url.searchParams.set("park", link.dataset.park);
  link.setAttribute("href", url.pathname + url.search);
};

// The tab of this page may lie beyond the edge of a phone.
const showTab = () => all(".ld-tabs").forEach((tabs) => {
  const tab = one("[aria-current]", tabs);
  if (tab) tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.clientWidth) / 2;
});

export const start = () => {
  showTab();
  remember();
  recall();
  document.body.addEventListener("htmx:afterSettle", prune);
  document.body.addEventListener("htmx:pushedIntoHistory", remember);
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.matches?.("[data-list-form]")) return;
    const { parameters } = event.detail;
    // A filter of the saved view that was emptied has to be said; every other empty one only clutters the address.
    const said = new Set((event.target.dataset.said ?? "").split(" "));
    Object.keys(parameters).forEach((name) => {
      const filled = [parameters[name]].flat().filter((value) => value !== "");
      if (filled.length) parameters[name] = filled.length > 1 ? filled : filled[0];
      else if (said.has(name)) parameters[name] = "";
      else delete parameters[name];
    });
  });
  on("click", "a[data-park]", (_event, link) => toPark(link));
  on("click", "[data-panel-close]", () => closePanels());
  document.addEventListener("pointerdown", (event) => closePanels(event.target.closest?.("details[data-panel]")));
  document.addEventListener("keydown", (event) => event.key === "Escape" && closePanels());
  on("click", "[data-tab]", (event, tab) => {
    all("[data-tab]").forEach((other) => other.removeAttribute("aria-current"));
    tab.setAttribute("aria-current", "page");
  });
};
