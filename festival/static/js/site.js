// On every public page: the service worker that keeps it, and the list of kept pages where there is no network.

if ("serviceWorker" in navigator && isSecureContext) {
  addEventListener("load", async () => {
    await navigator.serviceWorker.register("/sw.js").catch(() => undefined);
    await navigator.serviceWorker.ready;
    const prefix = document.documentElement.dataset.prefix ?? "";
    const wanted = [`${prefix}/offline`, ...[...document.querySelectorAll("[data-keep]")].map((link) => /** @type {HTMLAnchorElement} */ (link).href)];
    const cache = await caches.open("fest-pages");
    for (const address of [...wanted, location.href.split("#")[0]]) {
      if (await cache.match(address, { ignoreVary: true })) continue;
      const answer = await fetch(address, { headers: { Accept: "text/html" }, credentials: "omit" }).catch(() => null);
      if (answer?.ok && answer.headers.get("ETag")) await cache.put(address, answer);
    }
  });
}

const list = document.getElementById("kept-pages");
if (list && "caches" in self) {
  const cache = await caches.open("fest-pages");
  for (const request of await cache.keys()) {
    const { pathname, search } = new URL(request.url);
    if (pathname.endsWith("/offline")) continue;
    const title = new DOMParser().parseFromString(await (await cache.match(request))?.text() ?? "", "text/html").title;
    const link = Object.assign(document.createElement("a"), { href: pathname + search, textContent: title || pathname });
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
}
