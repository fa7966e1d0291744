// Keeps a ticket on the phone, so that it shows without a network, and the screen awake while the code is shown.
// The page works without any of this.

const ticket = /** @type {HTMLElement} */ (document.querySelector("[data-ticket]"));

/** What the ticket needs to be shown again: its pages and what they are drawn with. */
function needed() {
  const files = [...document.querySelectorAll("link[href], script[src], img[src]")].map(
    (node) => node.getAttribute("href") ?? node.getAttribute("src") ?? "",
  );
  return [...(ticket.dataset.keep ?? "").split(" "), ...files].filter((path) => path.startsWith("/"));
}

async function keep() {
  await navigator.serviceWorker.register(/** @type {string} */ (ticket.dataset.worker));
  const cache = await caches.open("tickets");
  await Promise.allSettled(
    needed().map(async (path) => {
      if (path.startsWith("/static/") && (await cache.match(path))) return;
      await cache.add(new Request(path, { cache: "reload", credentials: "same-origin" }));
    }),
  );
  await Promise.all((ticket.dataset.drop ?? "").split(" ").map((path) => path && cache.delete(path)));
  const kept = document.getElementById("kept");
  if (kept) kept.hidden = false;
}

function tellNetwork() {
  const offline = document.getElementById("offline");
  if (offline) offline.hidden = navigator.onLine;
}

async function stayAwake() {
  if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
  await navigator.wakeLock.request("screen").catch(() => undefined);
}

addEventListener("online", tellNetwork);
addEventListener("offline", tellNetwork);
tellNetwork();
if ("awake" in ticket.dataset) {
  stayAwake();
  document.addEventListener("visibilitychange", stayAwake);
}
if (navigator.onLine && "serviceWorker" in navigator && "caches" in window) keep().catch(() => undefined);
