// The filters of the home page without waiting: the same addresses, fetched, and their list put in place.
// Where somebody is stays in the browser: only the nearest neighbourhood's name goes into the form.

const form = /** @type {HTMLFormElement} */ (document.querySelector(".finder"));
const found = /** @type {HTMLElement} */ (document.getElementById("found"));
const news = /** @type {HTMLElement} */ (document.getElementById("news"));
let latest = 0;

/** @param {FormData} data */
function addressOf(data) {
  const kept = [...data].filter(([, value]) => value !== "").map(([name, value]) => [name, String(value)]);
  const query = new URLSearchParams(kept).toString();
  return form.action + (query ? `?${query}` : "");
}

/** Show what `address` has; `remember` makes it a step of the browser's history. */
async function show(/** @type {string} */ address, remember = true) {
  const mine = ++latest;
  found.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== latest) return;
    take(page);
    if (remember) history.pushState(null, "", address);
  } catch {
    if (mine === latest) location.href = address;
  }
}

/** @param {Document} page */
function take(page) {
  const fresh = page.getElementById("found");
  if (!fresh) return;
  const focused = document.activeElement?.closest("#found a, #found button");
  const text = focused?.textContent;
  found.replaceChildren(...fresh.childNodes);
  found.removeAttribute("aria-busy");
  for (const field of form.elements) {
    const other = page.querySelector(`.finder [name="${field.getAttribute("name")}"]`);
    if (!(other instanceof HTMLInputElement || other instanceof HTMLSelectElement) || field === document.activeElement) continue;
    if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = /** @type {HTMLInputElement} */ (other).checked;
    else if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = other.value;
  }
  if (text) [...found.querySelectorAll("a")].find((link) => link.textContent === text)?.focus({ preventScroll: true });
  news.textContent = "";
  requestAnimationFrame(() => (news.textContent = news.dataset.done ?? ""));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  show(addressOf(new FormData(form)));
});
form.addEventListener("change", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.type === "date" && !event.target.validity.valid) return;
  show(addressOf(new FormData(form)));
});
let typing = 0;
form.addEventListener("input", (event) => {
  if (!(event.target instanceof HTMLInputElement) || event.target.name !== "q") return;
  clearTimeout(typing);
  typing = window.setTimeout(() => show(addressOf(new FormData(form))), 250);
});
found.addEventListener("click", (event) => {
  const link = /** @type {Element} */ (event.target).closest("a");
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  const ours = link && link.href && new URL(link.href).pathname === location.pathname;
  if (!link || !ours || !plain) return;
  event.preventDefault();
  show(link.href).then(() => {
    if (link.closest(".pager, .empty")) found.scrollIntoView();
  });
});
addEventListener("popstate", () => show(location.href, false));

// ------------------------------------------------------------ near me

const locate = /** @type {HTMLButtonElement | null} */ (form.querySelector("[data-locate]"));
const spots = [...form.querySelectorAll("[data-at]")].map((option) => {
  const [latitude, longitude] = /** @type {HTMLElement} */ (option).dataset.at.split(",").map(Number);
  return { name: /** @type {HTMLOptionElement} */ (option).value, latitude, longitude };
});
if (locate && spots.length && "geolocation" in navigator) {
  locate.hidden = false;
  locate.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const narrowing = Math.cos((coords.latitude * Math.PI) / 180);
        const far = (/** @type {typeof spots[0]} */ spot) =>
          Math.hypot(spot.latitude - coords.latitude, (spot.longitude - coords.longitude) * narrowing);
        const nearest = spots.reduce((one, other) => (far(other) < far(one) ? other : one));
        /** @type {HTMLInputElement} */ (form.elements.namedItem("near")).value = nearest.name;
        show(addressOf(new FormData(form)));
      },
      () => {
        news.classList.remove("visually-hidden");
        news.textContent = locate.dataset.failed ?? "";
      },
      { maximumAge: 600_000, timeout: 10_000 },
    );
  });
}
