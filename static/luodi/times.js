// <time data-ago>: minutes within the last hour; everything older stays as the server wrote it, in the park's time zone.
import { all } from "./dom.js";

const say = (element) => {
  const when = new Date(element.dateTime);
  if (Number.isNaN(when.getTime()) || !element.dateTime.includes("T")) return;
  const minutes = Math.round((Date.now() - when) / 6e4);
  const written = (element.dataset.written ??= element.textContent);
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "zh-hans", { numeric: "auto" });
  if (minutes < 0 || minutes >= 60) element.textContent = written;
  else element.textContent = minutes < 1 ? words.format(0, "second") : words.format(-minutes, "minute");
};

export const start = () => {
  const refresh = (root = document) => all("time[data-ago]", root).forEach(say);
  refresh();
  setInterval(refresh, 60000);
  document.body.addEventListener("htmx:load", (event) => refresh(event.detail.elt));
};
