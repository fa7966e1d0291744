// Keeps the scanner's page and files on the phone. The server puts `self.GATE = {cache, page, files}` before this.

/* global self, caches, fetch, Request, URL */

const { cache: NAME, page: PAGE, files: FILES } = self.GATE;
const OURS = NAME.slice(0, NAME.lastIndexOf("@") + 1);

self.addEventListener("install", (event) => {
  const fresh = [PAGE, ...FILES].map((path) => new Request(path, { cache: "reload" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const drop = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== NAME);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(drop());
});

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  const kept = pathname === PAGE || FILES.includes(pathname);
  if (event.request.method !== "GET" || origin !== self.location.origin || !kept) return;
  const answer = async () => (await (await caches.open(NAME)).match(pathname)) ?? fetch(event.request);
  event.respondWith(answer());
});
