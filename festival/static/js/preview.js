// Shows what a form would give while it is filled in: posts it with the name of its "show" button, and takes over
// the part of the answer that the form names in data-preview. Without this module the button does the same.

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-preview]"));
/** @type {AbortController | undefined} */
let asking;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;

async function show() {
  if (!form) return;
  asking?.abort();
  asking = new AbortController();
  const values = new FormData(form);
  values.set("show", "yes");
  const body = new URLSearchParams(/** @type {[string, string][]} */ ([...values]));
  try {
    const answer = await fetch(form.action, { method: "POST", body, signal: asking.signal, credentials: "same-origin" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const id = form.dataset.preview ?? "";
    document.getElementById(id)?.replaceChildren(...(page.getElementById(id)?.childNodes ?? []));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 350);
});
