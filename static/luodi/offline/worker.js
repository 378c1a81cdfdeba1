// The service worker: keeps the shell of the log form, nothing else. No page with anybody's data is ever stored.
import { flush } from "./send.js";
import { me } from "./store.js";

export const run = ({ version, pages, files }) => {
  const cacheName = `luodi-shell-${version}`;

  const fill = async () => {
    const cache = await caches.open(cacheName);
    await cache.addAll([...Object.values(pages), ...files].map((url) => new Request(url, { cache: "reload", credentials: "omit" })));
    await self.skipWaiting();
  };

  const tidy = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("luodi-shell-") && name !== cacheName).map((name) => caches.delete(name)));
    await self.clients.claim();
  };

  const shell = async () => {
    const language = (await me().catch(() => null))?.language;
    return (await caches.match(pages[language] ?? Object.values(pages)[0])) ?? Response.error();
  };

  const page = (request) => fetch(request).catch(shell);
  const kept = async (request) => (await caches.match(request)) ?? fetch(request);

  self.addEventListener("install", (event) => event.waitUntil(fill()));
  self.addEventListener("activate", (event) => event.waitUntil(tidy()));
  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== location.origin) return;
    if (request.mode === "navigate") event.respondWith(page(request));
    else if (files.includes(pathname)) event.respondWith(kept(request));
  });
  self.addEventListener("sync", (event) => {
    if (event.tag === "luodi-queue") event.waitUntil(flush());
  });
};
