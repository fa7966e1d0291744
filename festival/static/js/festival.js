// The festival's page on the day: stars, now and next by the phone's own clock, what to look for on the map.

import { keep, starred } from "./stars.js";

const mine = starred();
const slots = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".slot[data-act]")]);
const grid = document.querySelector(".stage-grid");
const bar = document.querySelector("[data-stars-bar]");

// ------------------------------------------------------------ stars

function shown() {
  for (const slot of slots) {
    const on = mine.has(slot.dataset.act ?? "");
    slot.classList.toggle("slot--starred", on);
    slot.querySelector(".star")?.setAttribute("aria-pressed", String(on));
  }
  if (!(bar instanceof HTMLElement)) return;
  const here = slots.filter((slot) => mine.has(slot.dataset.act ?? ""));
  bar.querySelector("[data-count]")?.replaceChildren(here.length ? String(here.length) : "");
  const only = bar.querySelector("[data-only]");
  if (only instanceof HTMLButtonElement) {
    only.hidden = !here.length;
    if (!here.length && only.getAttribute("aria-pressed") === "true") only.click();
  }
  const hand = bar.querySelector("form");
  if (hand) {
    hand.hidden = !here.length;
    /** @type {HTMLInputElement} */ (hand.elements.namedItem("acts")).value = here.map((slot) => slot.dataset.act).join(",");
  }
  bar.querySelector("[data-hint]")?.toggleAttribute("hidden", here.length > 0);
}

for (const slot of slots) {
  const link = slot.querySelector("a.star");
  if (!link) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "star";
  button.append(...link.childNodes);
  button.addEventListener("click", () => {
    const id = slot.dataset.act ?? "";
    if (!mine.delete(id)) mine.add(id);
    keep(mine);
    shown();
  });
  link.replaceWith(button);
}
bar?.querySelector("[data-only]")?.addEventListener("click", ({ currentTarget }) => {
  const button = /** @type {HTMLElement} */ (currentTarget);
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  grid?.classList.toggle("stage-grid--only", on);
});
if (bar instanceof HTMLElement) bar.hidden = false;
shown();
addEventListener("storage", () => {
  mine.clear();
  for (const id of starred()) mine.add(id);
  shown();
});

// ------------------------------------------------------------ now and next

const now = document.getElementById("now-and-next");
const times = slots.map((slot) => {
  const [start, end] = [...slot.querySelectorAll("time")].map((time) => Date.parse(time.dateTime));
  return { slot, start, end, stage: slot.dataset.stage, title: slot.querySelector(".slot__title")?.textContent ?? "", clock: slot.querySelector("time")?.textContent ?? "", off: slot.classList.contains("slot--cancelled") };
});

function tick() {
  const at = Date.now();
  for (const { slot, start, end } of times) {
    slot.classList.toggle("slot--now", start <= at && at < end);
    slot.classList.toggle("slot--over", end <= at);
  }
  if (!now) return;
  const held = times.filter((one) => !one.off);
  const opens = Math.min(...held.map((one) => one.start)) - 7_200_000;
  now.hidden = !(opens <= at && at < Math.max(...held.map((one) => one.end)));
  for (const card of /** @type {NodeListOf<HTMLElement>} */ (now.querySelectorAll("[data-stage]"))) {
    const here = held.filter((one) => one.stage === card.dataset.stage);
    const current = here.find((one) => one.start <= at && at < one.end);
    const next = here.find((one) => one.start > at);
    card.querySelector("[data-now]")?.toggleAttribute("hidden", !current);
    card.querySelector("[data-quiet]")?.toggleAttribute("hidden", Boolean(current));
    const name = card.querySelector("[data-now-title]");
    if (name) name.textContent = current?.title ?? "";
    card.querySelector("[data-next]")?.toggleAttribute("hidden", !next);
    const clock = card.querySelector("[data-next-clock]");
    if (clock) clock.textContent = next?.clock ?? "";
    const following = card.querySelector("[data-next-title]");
    if (following) following.textContent = next?.title ?? "";
  }
}
if (times.length) {
  tick();
  setInterval(tick, 20_000);
}

// ------------------------------------------------------------ the map

for (const chooser of document.querySelectorAll("[data-chooser]")) {
  chooser.addEventListener("click", (event) => {
    const chip = /** @type {Element} */ (event.target).closest("[data-tag]");
    if (!chip) return;
    event.preventDefault();
    const on = chip.getAttribute("aria-current") !== "true";
    for (const other of chooser.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
    if (on) chip.setAttribute("aria-current", "true");
    const tag = /** @type {HTMLElement} */ (chip).dataset.tag ?? "";
    for (const thing of document.querySelectorAll(".site-map .booth, .site-map .point, .site-list [data-tags]")) {
      const tags = (/** @type {HTMLElement} */ (thing).dataset.tags ?? "").split(" ");
      thing.classList.toggle("dim", on && !tags.includes(tag));
    }
  });
}
