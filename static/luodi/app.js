// Everything that makes the pages quicker; each of them works without it.
import { all, one } from "./dom.js";
import * as bulk from "./bulk.js";
import * as columns from "./columns.js";
import * as draft from "./draft.js";
import * as forms from "./forms.js";
import * as inline from "./inline.js";
import * as keyboard from "./keyboard.js";
import * as lists from "./lists.js";
import * as net from "./net.js";
import * as offline from "./offline/start.js";
import * as palette from "./palette.js";
import * as photos from "./photos.js";
import * as sheet from "./sheet.js";
import * as times from "./times.js";
import * as toast from "./toast.js";
import * as walk from "./walk.js";
import * as widths from "./widths.js";

[toast, net, sheet, forms, draft, palette, keyboard, lists, bulk, columns, widths, inline, walk, times, photos, offline].forEach((module) => module.start());

const heavy = async (root) => {
  const figures = all("[data-chart]", root);
  if (figures.length) (await import("./charts.js")).start(figures);
  const shares = all("[data-shares]", root);
  if (shares.length) (await import("./share.js")).start(shares);
};

// On the phone the place we are in may lie beyond the edge of its tabs, and the stage beyond that of its bar.
all(":is(.ld-tabs, .ld-subtabs, .ld-stages) [aria-current]").forEach((tab) => (tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 24));

const board = one("[data-board]");
if (board) (await import("./board.js")).start(board);
if (one(".ld-agenda")) (await import("./calendar.js")).start();
heavy(document);
document.body.addEventListener("htmx:load", (event) => event.detail.elt !== document.body && heavy(event.detail.elt));
document.documentElement.dataset.ready = "1";
