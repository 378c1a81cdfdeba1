// Small helpers shared by all modules.
export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const words = () => one("#words")?.dataset ?? {};
export const user = () => document.body.dataset.user || "-";

export const on = (type, selector, handler, options) =>
  document.addEventListener(type, (event) => {
    const element = event.target instanceof Element ? event.target.closest(selector) : null;
    if (element) handler(event, element);
  }, options);

export const make = (tag, css = "", text = "") => {
  const element = document.createElement(tag);
  if (css) element.className = css;
  if (text) element.textContent = text;
  return element;
};

export const cookie = (name) =>
  document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

export const setCookie = (name, value) => {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
};

// The cookie is newer than the page when somebody signed in again in another tab.
export const csrf = () => cookie("__Host-csrf") || cookie("csrf") || one("meta[name=csrf-token]")?.content || "";

export const typing = (target) =>
  target instanceof Element && Boolean(target.closest("input, textarea, select, [contenteditable], dialog[open], .dropdown-menu.show"));

const loads = new Map();
export const loadScript = (source) => {
  if (!loads.has(source)) {
    loads.set(source, new Promise((resolve, reject) => {
      const script = make("script");
      script.src = source;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    }));
  }
  return loads.get(source);
};

// Storage may be full or forbidden; the page works without it.
export const store = (kind) => ({
  get: (key) => { try { return window[kind].getItem(key); } catch { return null; } },
  set: (key, value) => { try { window[kind].setItem(key, value); } catch { /* nothing is lost but comfort */ } },
  drop: (key) => { try { window[kind].removeItem(key); } catch { /* the same */ } },
  keys: () => { try { return Object.keys(window[kind]); } catch { return []; } },
});
