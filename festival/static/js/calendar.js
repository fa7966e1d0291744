// Moves dates of the calendar to other days by pointer and by keyboard. Each move is the form that a date's own page
// has; what comes back, the moved calendar or what would clash, takes the place of this page.

const FAR = 6;
let busy = false;

const root = () => /** @type {HTMLElement} */ (document.getElementById("calendar"));
const token = () => /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=csrf]"))?.value ?? "";

/** @param {string} text */
function say(text) {
  const news = document.getElementById("calendar-news");
  if (news) news.textContent = text;
}

/** @param {string} action @param {URLSearchParams} fields */
async function send(action, fields) {
  if (busy) return;
  busy = true;
  root().setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(action, { method: "POST", body: fields, credentials: "same-origin" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("calendar");
    if (!fresh) throw new Error(String(answer.status));
    if (answer.redirected) history.replaceState(null, "", answer.url);
    root().replaceWith(document.adoptNode(fresh));
    begin();
    const notice = root().querySelector(".notice");
    if (notice instanceof HTMLElement) {
      notice.tabIndex = -1;
      notice.focus();
      notice.scrollIntoView({ block: "center" });
    }
  } catch {
    say(root().dataset.failed ?? "");
  } finally {
    busy = false;
    root().removeAttribute("aria-busy");
  }
}

/** @param {HTMLElement} item @param {string} day */
function move(item, day) {
  const from = item.closest("[data-day]")?.getAttribute("data-day");
  if (!day || day === from) return;
  const action = new URL(`dates/${item.dataset.id}/move`, new URL("calendar/", location.href.split("?")[0])).href;
  const fields = { csrf: token(), to: day, revision: item.dataset.revision ?? "", keep: location.search.slice(1) };
  send(action, new URLSearchParams(fields));
}

/** @param {Event} event */
const swallow = (event) => event.preventDefault();

/** @param {PointerEvent} down */
function grab(down) {
  const item = /** @type {HTMLElement} */ (down.target).closest?.(".cal__item[data-id]");
  if (!(item instanceof HTMLElement) || down.button !== 0 || down.pointerType === "touch") return;
  let dragging = false;
  /** @type {Element | null} */
  let over = null;
  /** @param {PointerEvent} event */
  const drag = (event) => {
    if (!dragging && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < FAR) return;
    dragging = true;
    event.preventDefault();
    getSelection()?.removeAllRanges();
    item.classList.add("board__dragged");
    over?.classList.remove("cal__day--over");
    over = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-day]") ?? null;
    over?.classList.add("cal__day--over");
  };
  const stop = () => {
    removeEventListener("pointermove", drag);
    removeEventListener("pointerup", drop);
    removeEventListener("pointercancel", stop);
    item.classList.remove("board__dragged");
    over?.classList.remove("cal__day--over");
  };
  const drop = () => {
    stop();
    if (!dragging) return;
    // Letting go is no click on the link that was held.
    addEventListener("click", swallow, { capture: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }), 50);
    if (over) move(item, over.getAttribute("data-day") ?? "");
  };
  addEventListener("pointermove", drag);
  addEventListener("pointerup", drop);
  addEventListener("pointercancel", stop);
}

/** @param {KeyboardEvent} event */
function press(event) {
  const item = /** @type {HTMLElement} */ (event.target).closest?.(".cal__item[data-id]");
  if (!(item instanceof HTMLElement) || !event.altKey) return;
  const sign = document.documentElement.dir === "rtl" ? -1 : 1;
  const days = { ArrowLeft: -sign, ArrowRight: sign, ArrowUp: -7, ArrowDown: 7 }[event.key];
  const from = item.closest("[data-day]")?.getAttribute("data-day");
  if (!days || !from) return;
  event.preventDefault();
  const day = new Date(`${from}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  move(item, day.toISOString().slice(0, 10));
}

/** @param {SubmitEvent} event */
function submit(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("form[data-live]")) return;
  event.preventDefault();
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) fields.append(name, String(value));
  send(form.action, fields);
}

function begin() {
  root().classList.add("cal--live");
  for (const link of root().querySelectorAll(".cal__item a")) link.setAttribute("draggable", "false");
}

document.addEventListener("pointerdown", grab);
document.addEventListener("keydown", press);
document.addEventListener("submit", submit);
begin();
export {};
