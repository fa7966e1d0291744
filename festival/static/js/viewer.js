// Turning, enlarging and leafing without loading the whole page anew: the viewer's part of the next page is put in place.
// A plain link does the same where this cannot run.

document.addEventListener("click", async (event) => {
  const link = /** @type {HTMLElement} */ (event.target).closest("a[data-swap]");
  if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const key = link.dataset.key;
  const answer = await fetch(link.href).catch(() => null);
  const text = answer?.ok ? await answer.text() : "";
  const next = new DOMParser().parseFromString(text, "text/html").getElementById("viewer");
  const here = document.getElementById("viewer");
  if (!next || !here) return location.assign(link.href);
  const frame = here.querySelector(".viewing__frame");
  const [left, top] = [frame?.scrollLeft ?? 0, frame?.scrollTop ?? 0];
  here.replaceWith(next);
  next.querySelector(".viewing__frame")?.scrollTo(left, top);
  history.replaceState(null, "", link.href);
  const again = next.querySelector(`[data-key="${key}"]`);
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
});
