// <time data-ago>: 今天 14:30, 明天, 11月21日; the exact time stays in the title.
import { all } from "./dom.js";

const DAY = 864e5;
const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

const say = (element) => {
  const when = new Date(element.dateTime);
  if (Number.isNaN(when.getTime())) return;
  const language = document.documentElement.lang || "zh-hans";
  const now = new Date();
  const days = Math.round((midnight(when) - midnight(now)) / DAY);
  const clock = element.dateTime.includes("T") ? ` ${when.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hour12: false })}` : "";
  const minutes = Math.round((now - when) / 6e4);
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  if (clock && minutes >= 0 && minutes < 60) element.textContent = minutes < 1 ? relative.format(0, "second") : relative.format(-minutes, "minute");
  else if (Math.abs(days) <= 1) element.textContent = relative.format(days, "day") + clock;
  else if (when.getFullYear() === now.getFullYear()) element.textContent = when.toLocaleDateString(language, { month: "short", day: "numeric" }) + (Math.abs(days) < 7 ? clock : "");
  else element.textContent = when.toLocaleDateString(language, { year: "numeric", month: "short", day: "numeric" });
};

export const start = () => {
  const refresh = (root = document) => all("time[data-ago]", root).forEach(say);
  refresh();
  setInterval(refresh, 60000);
  document.body.addEventListener("htmx:load", (event) => refresh(event.detail.elt));
};
