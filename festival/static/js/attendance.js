// Keeps the live view fresh: news on the stream fetches the page again and takes over its figures.

const live = /** @type {HTMLElement} */ (document.getElementById("live"));
const stream = new EventSource(/** @type {string} */ (live.dataset.stream));

stream.addEventListener("attendance", async () => {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  live.replaceChildren(...(page.getElementById("live")?.childNodes ?? []));
});
