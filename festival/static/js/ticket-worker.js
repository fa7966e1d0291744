// Shows kept tickets without a network, or when it is too slow; with one, the server's answer counts and is kept.
// It looks after tickets that were opened on this phone, and after nothing else.

const PATIENCE_MS = 4000;
const NAME = "tickets";
const ANY_QUERY = { ignoreSearch: true };

addEventListener("install", () => self.skipWaiting());
addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/static/")) event.respondWith(staticFile(event.request));
  else if (/^(\/[\w-]+)?\/tickets\/[\w-]+(\/show|\/qr\.svg)?$/.test(pathname)) event.respondWith(freshest(event.request));
});

async function staticFile(request) {
  return (await caches.match(request)) ?? fetch(request);
}

async function freshest(request) {
  const cache = await caches.open(NAME);
  const kept = await cache.match(request, ANY_QUERY);
  if (!kept) return fetch(request);
  const asked = fetch(request).then(async (answer) => {
    const path = new URL(request.url).pathname;
    if (answer.ok && !answer.redirected) await cache.put(path, answer.clone());
    if (answer.status === 404 || answer.status === 410) await cache.delete(path, ANY_QUERY);
    return answer;
  });
  asked.catch(() => undefined);
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
  return Promise.race([asked.catch(() => kept), late]);
}
