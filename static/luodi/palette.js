// Suggestions below a search box, and the palette (Ctrl+K) that uses the same endpoint.
import { all, on, one, make, words } from "./dom.js";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

const attach = (form) => {
  const input = one("input[name=q]", form);
  const list = one(`#${input.getAttribute("aria-controls")}`);
  const always = "always" in list.dataset;
  let timer = 0;
  let asked = 0;
  let shown = ""; // what the options below were asked for
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  list.setAttribute("role", "listbox");

  const options = () => all(".ld-option", list);
  const choose = (index) => {
    const rows = options();
    rows.forEach((row, place) => row.setAttribute("aria-selected", String(place === index)));
    const row = rows[index];
    if (!row) { input.removeAttribute("aria-activedescendant"); return; }
    row.id ||= `${list.id}-${index}`;
    input.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  };
  const chosen = () => options().findIndex((row) => row.getAttribute("aria-selected") === "true");
  const show = (visible) => {
    if (!always) list.hidden = !visible;
    input.setAttribute("aria-expanded", String(visible && options().length > 0));
  };
  const everything = () => {
    const row = make("a", "ld-option");
    row.setAttribute("role", "option");
    row.href = `${form.getAttribute("action")}?q=${encodeURIComponent(input.value.trim())}`;
    row.append(make("span", "ld-option-title", `${words().searchAll} “${input.value.trim()}”`));
    return row;
  };
  const places = () => { shown = ""; return list.replaceChildren(...(always ? [one("#palette-places").content.cloneNode(true)] : [])); };
  const ask = async () => {
    const text = input.value.trim();
    const turn = (asked += 1);
    if (!text) { places(); show(always); choose(always ? 0 : -1); if (!always) return; }
    try {
      const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(text)}`, { headers: { "HX-Request": "true" } });
      if (turn !== asked || !answer.ok || answer.redirected) return;
      const html = await answer.text();
      if (turn !== asked) return;
      if (!text && !html.trim()) return;
      list.innerHTML = html;
      shown = text;
      if (text && !/^[/@]/.test(text)) list.append(everything());
      show(true);
      choose(always ? 0 : -1);
    } catch { /* typing goes on; Enter still searches */ }
  };
  form.luodiAsk = ask;

  // Whoever types faster than the answer comes means what was typed, not what still stands below.
  const press = async () => {
    clearTimeout(timer);
    if (input.value.trim() !== shown) await ask();
    const row = input.value.trim() === shown && options()[chosen()];
    if (row) row.click(); else form.requestSubmit();
  };

  input.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
  input.addEventListener("compositionend", ask);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const rows = options().length;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && rows) {
      event.preventDefault();
      choose((chosen() + (event.key === "ArrowDown" ? 1 : rows - 1 + (chosen() < 0 ? 1 : 0))) % rows);
    } else if (event.key === "Enter" && chosen() >= 0) {
      event.preventDefault();
      press();
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (always) form.closest("dialog").close(); else show(false);
    }
  });
  if (!always) {
    input.addEventListener("focus", () => input.value.trim() && ask());
    document.addEventListener("pointerdown", (event) => !form.contains(event.target) && show(false));
  }
};

export const openPalette = () => {
  const dialog = one("#palette");
  if (!dialog || dialog.open || one("dialog[open]")) return;
  dialog.showModal();
  const form = one("form", dialog);
  const input = one("input", form);
  input.value = "";
  input.focus();
  form.luodiAsk();
};

export const start = () => {
  all("[data-suggest]").forEach(attach);
  on("click", "[data-palette-open]", openPalette);
  on("click", "[data-help-open]", () => one("#help").showModal());
  if (isMac) all(".ld-search-key").forEach((key) => { key.textContent = "⌘ K"; });
};
