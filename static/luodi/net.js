// Requests: the CSRF header, and a clear word for everything that can go wrong.
import { csrf, make, words } from "./dom.js";
import { toast } from "./toast.js";

const LOGIN = "/login/";
export const loginUrl = () => `${LOGIN}?next=${encodeURIComponent(location.pathname + location.search)}`;
export const isLogin = (url) => Boolean(url) && new URL(url, location.href).pathname === LOGIN && location.pathname !== LOGIN;

export const explain = (status) => {
  const text = words();
  const known = { 0: text.offline, 401: text.expired, 403: text.forbidden, 404: text.missing, 412: text.stale, 413: text.large, 503: text.away };
  return known[status] ?? text.broken;
};

const detail = (xhr) => {
  try { return JSON.parse(xhr.responseText); } catch { return {}; }
};

export const signedOut = () => toast(words().expired, "error", { text: "→", url: loginUrl() });

// What the page asks for by itself (the bell, a figure that follows) says nothing of its own accord, nor when it fails.
const quiet = (event) => event.target.matches?.("[data-quiet]") ?? false;

export const start = () => {
  const body = document.body;
  const line = make("div", "ld-progress");
  body.append(line);
  let open = 0;
  let timer = 0;
  body.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = csrf();
    if (event.detail.parameters.csrfmiddlewaretoken) event.detail.parameters.csrfmiddlewaretoken = csrf();
  });
  body.addEventListener("htmx:beforeRequest", (event) => {
    if (quiet(event)) return;
    open += 1;
    clearTimeout(timer);
    timer = setTimeout(() => line.classList.add("ld-on"), 200);
  });
  body.addEventListener("htmx:afterRequest", (event) => {
    if (quiet(event)) return;
    open = Math.max(0, open - 1);
    if (!open) { clearTimeout(timer); line.classList.remove("ld-on"); }
  });
  body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (isLogin(xhr.responseURL)) {
      event.detail.shouldSwap = false;
      signedOut();
    } else if (xhr.getResponseHeader("Content-Type")?.includes("json")) {
      event.detail.shouldSwap = false;
      const problem = detail(xhr);
      if (problem.form) document.dispatchEvent(new CustomEvent("luodi:sheet", { detail: problem.form }));
      else if (xhr.status >= 400) toast(problem.detail ?? explain(xhr.status), "error");
    }
  });
  body.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (!quiet(event) && !xhr.getResponseHeader("Content-Type")?.includes("json")) toast(explain(xhr.status), "error");
  });
  body.addEventListener("htmx:sendError", (event) => !quiet(event) && toast(words().offline, "error"));
  body.addEventListener("htmx:timeout", (event) => !quiet(event) && toast(words().slow, "error"));
};

// POST from script; answers {ok, status, data}.
export const post = async (url, fields) => {
  const form = new FormData();
  Object.entries(fields).forEach(([name, value]) => form.append(name, value));
  try {
    const answer = await fetch(url, { method: "POST", body: form, headers: { "X-CSRFToken": csrf(), Accept: "application/json" } });
    if (isLogin(answer.url)) return { ok: false, status: 401, data: {} };
    const data = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    return { ok: answer.ok, status: answer.status, data };
  } catch {
    return { ok: false, status: 0, data: {} };
  }
};
