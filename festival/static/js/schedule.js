// Arranges acts on the schedule's grid by pointer and by keyboard. Each change is the form that the page has without
// this script, sent beside it; the page that comes back, with every broken rule named, takes the place of this one.

const STEP = 5;
const FAR = 6;

/** @typedef {{ stage: string, start: number, minutes: number }} Place */

let busy = false;

/** @returns {HTMLElement} */
const desk = () => /** @type {HTMLElement} */ (document.getElementById("schedule"));
/** @returns {HTMLElement} */
const board = () => /** @type {HTMLElement} */ (document.querySelector(".board"));
const isGrid = () => getComputedStyle(board()).display === "grid";

/** @param {string} text */
function say(text) {
  const news = document.getElementById("schedule-news");
  if (news) news.textContent = text;
}

/** @param {number} minute since midnight */
const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** The wall time of a minute of the day shown; past midnight it is the next day's. @param {number} minute */
function wall(minute) {
  const day = new Date(`${desk().dataset.day}T00:00:00Z`);
  day.setUTCMinutes(minute);
  return day.toISOString().slice(0, 16);
}

/** @param {HTMLElement} card @returns {Place} */
const placeOf = (card) => ({
  stage: card.dataset.stage ?? "",
  start: Number(card.dataset.start),
  minutes: Number(card.dataset.minutes),
});

/** Sends a form's fields and takes over the page that comes back. @param {string} action @param {URLSearchParams} fields @param {string} focus */
async function send(action, fields, focus = "") {
  if (busy) return;
  busy = true;
  desk().setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(action, { method: "POST", body: fields, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("schedule");
    if (answer.ok && fresh) {
      if (answer.redirected) history.replaceState(null, "", answer.url);
      takeOver(fresh, focus);
    } else {
      const told = page.querySelector("[role=alert]")?.textContent?.trim();
      await look();
      say(told || (desk().dataset.failed ?? ""));
    }
  } catch {
    say(desk().dataset.failed ?? "");
  } finally {
    busy = false;
    desk().removeAttribute("aria-busy");
  }
}

/** Reads the page again, as it is now. */
async function look() {
  const answer = await fetch(location.pathname + location.search, { credentials: "same-origin" });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("schedule");
  if (answer.ok && fresh) takeOver(fresh, "");
}

/** @param {HTMLElement} fresh @param {string} focus the act whose card gets the focus */
function takeOver(fresh, focus) {
  const [x, y] = [scrollX, scrollY];
  desk().replaceWith(document.adoptNode(fresh));
  begin();
  const card = focus ? document.getElementById(`a-${focus}`) : null;
  /** @type {HTMLElement | null} */ (card?.querySelector("a") ?? null)?.focus({ preventScroll: true });
  scrollTo(x, y);
  const told = desk().querySelector(".notice");
  say(told?.textContent?.replace(/\s+/g, " ").trim() ?? "");
}

/** @param {HTMLElement} card @param {Place} place */
function put(card, place) {
  const { action, revision, act } = card.dataset;
  const fields = new URLSearchParams({
    csrf: token(),
    stage: place.stage,
    starts: wall(place.start),
    minutes: String(place.minutes),
    revision: revision ?? "0",
  });
  const stage = columns().find((column) => column.stage === place.stage)?.name ?? "";
  const told = desk().dataset.moved ?? "";
  say(told.replace("{act}", card.dataset.title ?? "").replace("{stage}", stage).replace("{time}", clock(place.start)));
  return send(action ?? "", fields, act ?? "");
}

const token = () => /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=csrf]"))?.value ?? "";

/** The stages as they stand on the screen. */
function columns() {
  return [...document.querySelectorAll(".board__stage")].map((head) => {
    const { left, right } = head.getBoundingClientRect();
    return { stage: /** @type {HTMLElement} */ (head).dataset.stage ?? "", name: head.textContent ?? "", left, right };
  });
}

/** Where the rows are: the first row's top, and the height of a minute. */
function rows() {
  const style = getComputedStyle(board());
  const tracks = style.gridTemplateRows.split(" ").map(Number.parseFloat);
  const height = Number.parseFloat(style.gridAutoRows) || (tracks[1] ?? 18);
  return { top: board().getBoundingClientRect().top + (tracks[0] ?? 0), minute: height / Number(desk().dataset.step) };
}

/** @param {number} minute */
const rounded = (minute) => Math.round(minute / STEP) * STEP;

/** The place under the pointer; null outside the grid. @param {PointerEvent} event @param {number} grip @param {number} minutes @returns {Place | null} */
function placeAt(event, grip, minutes) {
  const column = columns().find(({ left, right }) => event.clientX >= left && event.clientX <= right);
  const { top, minute } = rows();
  const opens = Number(desk().dataset.opens);
  const start = rounded(opens + (event.clientY - grip - top) / minute);
  const last = opens + Number(desk().dataset.rows) * Number(desk().dataset.step);
  if (!column || start > last) return null;
  return { stage: column.stage, start: Math.max(start, opens), minutes };
}

/** @param {HTMLElement} ghost @param {Place} place */
function draw(ghost, place) {
  const column = columns().find(({ stage }) => stage === place.stage);
  if (!column) return;
  const box = board().getBoundingClientRect();
  const { top, minute } = rows();
  ghost.hidden = false;
  ghost.style.left = `${column.left - box.left}px`;
  ghost.style.width = `${column.right - column.left}px`;
  ghost.style.top = `${top - box.top + (place.start - Number(desk().dataset.opens)) * minute}px`;
  ghost.style.height = `${place.minutes * minute}px`;
  ghost.classList.remove("board__ghost--wrong");
  ghost.textContent = `${clock(place.start)}–${clock(place.start + place.minutes)}`;
}

let asked = 0;

/** Names on the ghost what the act would break there, while it is still held. @param {HTMLElement} ghost @param {string} act @param {Place} place */
async function check(ghost, act, place) {
  const { check: address = "", plan, offset } = desk().dataset;
  const mine = ++asked;
  await new Promise((resolve) => setTimeout(resolve, 200));
  if (mine !== asked || !ghost.isConnected) return;
  const change = { act, stage: place.stage, starts_at: `${wall(place.start)}:00${offset}`, minutes: place.minutes };
  const answer = await fetch(address, {
    method: "POST",
    credentials: "same-origin",
    headers: { "content-type": "application/json", "x-csrf-token": token(), "accept-language": document.documentElement.lang },
    body: JSON.stringify({ plan, changes: [change], fixes: false }),
  }).catch(() => null);
  if (!answer?.ok || mine !== asked || !ghost.isConnected) return;
  /** @type {{ conflicts: { act: string, other: string | null, message: string }[] }} */
  const found = await answer.json();
  const own = found.conflicts.filter((conflict) => conflict.act === act || conflict.other === act);
  ghost.classList.toggle("board__ghost--wrong", own.length > 0);
  for (const { message } of own) ghost.append(Object.assign(document.createElement("p"), { textContent: message }));
}

/** @param {Event} event */
const swallow = (event) => event.preventDefault();

/** @param {PointerEvent} down */
function grab(down) {
  const target = /** @type {HTMLElement} */ (down.target);
  const card = /** @type {HTMLElement | null} */ (target.closest("[data-act]"));
  if (!card || down.button !== 0 || card.dataset.pinned || down.pointerType === "touch" || !isGrid()) return;
  const box = card.getBoundingClientRect();
  const waiting = card.classList.contains("board__waiting");
  const resizing = !waiting && down.clientY > box.bottom - 8;
  const grip = waiting ? 0 : down.clientY - box.top;
  const ghost = document.createElement("div");
  ghost.className = "board__ghost";
  ghost.setAttribute("aria-hidden", "true");
  ghost.hidden = true;
  /** @type {Place | null} */
  let place = null;
  let over = /** @type {Element | null} */ (null);
  let dragging = false;
  let shown = "";

  /** @param {PointerEvent} event */
  const move = (event) => {
    if (!dragging && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < FAR) return;
    if (!dragging) {
      dragging = true;
      board().append(ghost);
      card.classList.add("board__dragged");
      getSelection()?.removeAllRanges();
    }
    event.preventDefault();
    over = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-unplace]") ?? null;
    if (resizing) {
      const now = placeOf(card);
      place = { ...now, minutes: Math.max(now.minutes + rounded((event.clientY - down.clientY) / rows().minute), STEP) };
    } else {
      place = placeAt(event, grip, Number(card.dataset.minutes));
    }
    const name = place ? `${place.stage} ${place.start} ${place.minutes}` : "";
    if (place && name !== shown) {
      draw(ghost, place);
      check(ghost, card.dataset.act ?? "", place);
    }
    if (!place) ghost.hidden = true;
    shown = name;
  };
  const stop = () => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", drop);
    removeEventListener("pointercancel", stop);
    removeEventListener("keydown", escape, true);
    ghost.remove();
    card.classList.remove("board__dragged");
  };
  /** @param {PointerEvent} event */
  const drop = (event) => {
    stop();
    if (!dragging) return;
    event.preventDefault();
    // Letting go is no click on the link that was held.
    addEventListener("click", swallow, { capture: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }), 50);
    if (over && !waiting && !place) send(`${card.dataset.action}/unplace`, new URLSearchParams({ csrf: token() }));
    else if (place) put(card, place);
  };
  /** @param {KeyboardEvent} event */
  const escape = (event) => {
    if (event.key === "Escape") stop();
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", drop);
  addEventListener("pointercancel", stop);
  addEventListener("keydown", escape, true);
}

/** @param {KeyboardEvent} event */
function press(event) {
  const card = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest(".board__act"));
  if (!card || !event.altKey || card.dataset.pinned) return;
  const place = placeOf(card);
  const stages = columns().map(({ stage }) => stage);
  const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const later = event.key === "ArrowDown" ? STEP : event.key === "ArrowUp" ? -STEP : 0;
  if (later && event.shiftKey) place.minutes = Math.max(place.minutes + later, STEP);
  else if (later) place.start += later;
  else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    const next = stages[stages.indexOf(place.stage) + (event.key === forward ? 1 : -1)];
    if (!next) return;
    place.stage = next;
  } else return;
  event.preventDefault();
  put(card, place);
}

/** The page's own small forms, sent beside the page. @param {SubmitEvent} event */
function submit(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("form[data-live]")) return;
  event.preventDefault();
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) fields.append(name, String(value));
  send(form.action, fields);
}

function begin() {
  board().classList.add("board--live");
  for (const link of desk().querySelectorAll("[data-act] a")) link.setAttribute("draggable", "false");
}

document.addEventListener("pointerdown", grab);
document.addEventListener("keydown", press);
document.addEventListener("submit", submit);
begin();
export {};
