// The service worker of the public pages. The server puts `self.FEST = {build, files, private, languages}` before it.
// Files: from the phone. Public pages: from the network while it is quick, else as they were last seen.

/* global self, caches, fetch, Request, Response, URL, setTimeout */

const { build, files, private: PRIVATE, languages } = self.FEST;
const FILES = `fest-files@${build}`;
const PAGES = "fest-pages";
const MOST_PAGES = 60;
const PATIENCE_MS = 3000;

self.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(FILES);
    await cache.addAll(files);
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const drop = async () => {
    // The files of the release before stay: kept pages may still name them.
    const old = (await caches.keys()).filter((name) => name.startsWith("fest-files@") && name !== FILES);
    await Promise.all(old.slice(0, -1).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(drop());
});

/** The path without its language. */
function bare(pathname) {
  const [, first] = pathname.split("/");
  return languages.includes(first) ? pathname.slice(first.length + 1) || "/" : pathname;
}

async function file(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(FILES)).put(request, answer.clone());
  return answer;
}

/** Keep what is the same for everybody: only such pages bear a validator. */
async function keep(request, answer) {
  if (!answer.ok || !answer.headers.get("ETag") || answer.redirected) return;
  const cache = await caches.open(PAGES);
  await cache.delete(request, { ignoreVary: true });
  await cache.put(request, answer);
  const all = await cache.keys();
  await Promise.all(all.slice(0, Math.max(0, all.length - MOST_PAGES)).map((old) => cache.delete(old)));
}

async function page(event) {
  const { request } = event;
  const kept = await (await caches.open(PAGES)).match(request, { ignoreVary: true });
  const fresh = fetch(request).then((answer) => {
    event.waitUntil(keep(request, answer.clone()));
    return answer;
  });
  if (!kept) return fresh.catch(() => nothing(request));
  const slow = new Promise((resolve) => setTimeout(() => resolve(kept.clone()), PATIENCE_MS));
  return Promise.race([fresh.catch(() => kept.clone()), slow]);
}

async function nothing(request) {
  const [, first] = new URL(request.url).pathname.split("/");
  const own = languages.includes(first) ? `/${first}/offline` : "/offline";
  const cache = await caches.open(PAGES);
  const shown = (await cache.match(own, { ignoreVary: true })) ?? (await cache.match("/offline", { ignoreVary: true }));
  return shown ?? Response.error();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/static/")) {
    event.respondWith(file(request));
    return;
  }
  const path = bare(url.pathname);
  const isPage = request.mode === "navigate" || request.headers.get("Accept")?.startsWith("text/html");
  if (!isPage || PRIVATE.some((start) => path === start || path.startsWith(`${start}/`))) return;
  event.respondWith(page(event));
});
