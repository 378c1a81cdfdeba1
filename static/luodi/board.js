// Moving cards between stages: by dragging (after a hold of 200 ms on touch) or by choosing a stage.
import { all, loadScript, make, on, one, words } from "./dom.js";
import { explain, post, signedOut } from "./net.js";
import { openSheet } from "./sheet.js";
import { toast } from "./toast.js";

const refreshHeads = () => htmx.ajax("GET", location.pathname + location.search, { target: "#board-heads", swap: "innerHTML", source: "#board-heads" });

const putBack = (card, place) => place.column.insertBefore(card, place.before?.parentNode === place.column ? place.before : null);

// The card as the server prints it now: its age, light and warnings changed with the column. Then the sums.
const freshen = async (card) => {
  const url = new URL(location.href);
  url.searchParams.set("card", card.dataset.card ?? "");
  if (card.dataset.card) await htmx.ajax("GET", url.pathname + url.search, { target: card, swap: "outerHTML" });
  await refreshHeads();
};

// Whoever drags it on already would hold a card that is no longer there.
const spare = (event) => { if (event.detail.target === Sortable.dragged) event.detail.shouldSwap = false; };

const takeBack = async (card, place, undo) => {
  const answer = await post(undo.url, { token: undo.token });
  if (!answer.ok) { toast(answer.data.detail ?? explain(answer.status), "error"); return; }
  const now = one(`[data-card="${card.dataset.card}"]`) ?? card;
  putBack(now, place);
  toast(answer.data.messages?.[0] ?? words().undone, "success");
  freshen(now);
};

const move = async (card, place, from, to) => {
  card.classList.add("ld-card-moving");
  const key = crypto.randomUUID?.() ?? "";
  const answer = await post(card.dataset.move, { from_stage: from, to_stage: to, version: card.dataset.version ?? "", request_key: key });
  card.classList.remove("ld-card-moving");
  if (answer.ok && !answer.data.form) {
    if (answer.data.version) card.dataset.version = answer.data.version;
    const { undo } = answer.data;
    toast(answer.data.messages?.[0] ?? words().moved, "success", undo && { text: words().undo, run: () => takeBack(card, place, undo) });
    freshen(card);
    return;
  }
  putBack(card, place);
  if (answer.data.form) openSheet(answer.data.form, one("a", card), { stay: true });
  else if (answer.status === 401) signedOut();
  else toast(answer.data.detail ?? explain(answer.status), "error");
};

const dragging = (board) => all("[data-cards]", board).forEach((list) => {
  let place = null;
  Sortable.create(list, {
    group: "stages", draggable: "[data-move]", delay: 200, delayOnTouchOnly: true, animation: 120, ghostClass: "ld-card-ghost",
    filter: "select, button", preventOnFilter: false,
    onStart: ({ item }) => { place = { column: item.parentNode, before: item.nextElementSibling }; },
    onEnd: ({ item, from, to }) => {
      all(".ld-over").forEach((column) => column.classList.remove("ld-over"));
      const [source, target] = [from, to].map((column) => column.closest("[data-stage]").dataset.stage);
      if (source === target) putBack(item, place); else move(item, place, source, target);
    },
    onMove: ({ to }) => all("[data-stage]").forEach((column) => column.classList.toggle("ld-over", column.contains(to))),
  });
});

const pickStage = (event, button) => {
  const card = button.closest("[data-move]");
  const column = card.closest("[data-stage]");
  const menu = make("dialog", "ld-confirm");
  menu.append(make("h2", "", one(".ld-card-title", card)?.textContent ?? ""));
  all("[data-stage]").forEach((other) => {
    const choice = make("button", "ld-option w-100 border-0 bg-transparent", one("h2", other).textContent);
    choice.type = "button";
    choice.disabled = other === column;
    choice.addEventListener("click", () => {
      menu.close();
      const place = { column: card.parentNode, before: card.nextElementSibling };
      one("[data-cards]", other).prepend(card);
      move(card, place, column.dataset.stage, other.dataset.stage);
    });
    menu.append(choice);
  });
  menu.addEventListener("close", () => menu.remove());
  document.body.append(menu);
  menu.showModal();
};

const markTab = (board) => {
  const tabs = all(".ld-board-tabs a");
  const seen = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
    tabs.forEach((tab) => {
      const current = tab.hash === `#${entry.target.id}`;
      tab.toggleAttribute("aria-current", current);
      if (current) tab.scrollIntoView({ inline: "center", block: "nearest" });
    });
  }), { root: board, threshold: 0.6 });
  if (matchMedia("(max-width: 767px)").matches) all("[data-stage]", board).forEach((column) => seen.observe(column));
};

export const start = async (board) => {
  on("click", "[data-stage-pick]", pickStage);
  on("click", ".ld-board-tabs a", (event, tab) => {
    event.preventDefault();
    one(tab.hash)?.scrollIntoView({ inline: "start", block: "nearest", behavior: "smooth" });
  });
  markTab(board);
  await loadScript(words().sortable);
  document.body.addEventListener("htmx:beforeSwap", spare);
  dragging(board);
};
