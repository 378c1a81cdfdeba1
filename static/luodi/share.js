// The rows of a credit split: the live sum, more rows, an even split. Without script all rows are there.
import { all, on, one } from "./dom.js";

const WHOLE = 10000; // hundredths of a per cent

const rows = (box) => all("[data-share-row]", box);
const person = (row) => one("select[name^=person_]", row);
const percent = (row) => one("input[name^=percent_]", row);
const hundredths = (row) => Math.round((Number.parseFloat(percent(row).value.replace(",", ".")) || 0) * 100);
const text = (value) => (value / 100).toFixed(2).replace(/\.?0+$/, "");

const add = (box) => {
  const sum = rows(box).reduce((held, row) => held + hundredths(row), 0);
  const shown = one("[data-share-sum]", box);
  shown.textContent = `${text(sum)}%`;
  shown.classList.toggle("is-whole", sum === WHOLE);
  shown.classList.toggle("is-wrong", sum !== WHOLE);
};

const begin = (box) => {
  box.classList.add("share-js");
  all("[data-share-add], [data-share-even]", box).forEach((button) => { button.hidden = false; });
  add(box);
};

const split = (box) => {
  const named = rows(box).filter((row) => person(row).value);
  if (!named.length) return;
  const each = Math.floor(WHOLE / named.length);
  const left = WHOLE - each * named.length;
  rows(box).forEach((row) => { percent(row).value = ""; });
  named.forEach((row, at) => { percent(row).value = text(each + (at < left ? 1 : 0)); });
  add(box);
};

export const start = (boxes) => boxes.forEach(begin);

const box = (element) => element.closest("[data-shares]");
on("input", "[data-shares] input, [data-shares] select", (event, element) => add(box(element)));
on("click", "[data-share-even]", (event, button) => split(box(button)));
on("click", "[data-share-add]", (event, button) => {
  const spare = one("[data-share-row][data-spare]", box(button));
  if (!spare) return;
  spare.removeAttribute("data-spare");
  person(spare).focus();
  button.hidden = !one("[data-share-row][data-spare]", box(button));
});
