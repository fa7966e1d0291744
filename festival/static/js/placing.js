// Gives places on the map: a name is dragged onto a space, or pressed and then the space. What is sent is the form that
// stands beside each name without this script.

const room = /** @type {HTMLElement} */ (document.getElementById("placing"));
const svg = room.querySelector("svg");
/** @type {HTMLElement | null} */
let picked = null;

/** The free spaces of the map by their number. @returns {SVGGElement[]} */
const frees = () => [...(svg?.querySelectorAll("g.booth.free") ?? [])].filter((one) => one instanceof SVGGElement);
/** @param {Element} group */
const codeOf = (group) => group.querySelector("text")?.textContent ?? "";
/** @param {HTMLElement} seeker @param {Element} group */
const fits = (seeker, group) => codeOf(group).replace(/\d+$/, "") === seeker.dataset.prefix;

/** @param {HTMLElement} seeker @param {Element} group */
function give(seeker, group) {
  const form = seeker.querySelector("form");
  const select = seeker.querySelector("select");
  if (!form || !select || !fits(seeker, group)) return;
  select.value = codeOf(group);
  form.requestSubmit();
}

/** @param {HTMLElement | null} seeker */
function pick(seeker) {
  picked = seeker;
  for (const button of room.querySelectorAll("[data-pick]")) button.setAttribute("aria-pressed", String(seeker !== null && seeker.contains(button)));
  for (const group of frees()) {
    const open = seeker !== null && fits(seeker, group);
    group.classList.toggle("dim", seeker !== null && !open);
    if (open) {
      group.setAttribute("tabindex", "0");
      group.setAttribute("role", "button");
      group.setAttribute("aria-label", codeOf(group));
    } else for (const name of ["tabindex", "role", "aria-label"]) group.removeAttribute(name);
  }
  if (seeker) svg?.scrollIntoView({ block: "nearest" });
}

/** @param {EventTarget | null} target */
const groupAt = (target) => (target instanceof Element ? target.closest("g.booth.free") : null);

svg?.removeAttribute("role"); // its spaces are buttons now
svg?.addEventListener("click", (event) => {
  const group = groupAt(event.target);
  if (picked && group) give(picked, group);
});
svg?.addEventListener("keydown", (event) => {
  const group = groupAt(event.target);
  if (picked && group && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    give(picked, group);
  } else if (event.key === "Escape") pick(null);
});
svg?.addEventListener("dragover", (event) => {
  const group = groupAt(event.target);
  if (picked && group && fits(picked, group)) event.preventDefault();
});
svg?.addEventListener("drop", (event) => {
  const group = groupAt(event.target);
  event.preventDefault();
  if (picked && group) give(picked, group);
});

for (const seeker of room.querySelectorAll("[data-seeker]")) {
  if (!(seeker instanceof HTMLElement)) continue;
  seeker.draggable = true;
  seeker.addEventListener("dragstart", () => pick(seeker));
  seeker.addEventListener("dragend", () => pick(null));
  const button = seeker.querySelector("[data-pick]");
  if (button instanceof HTMLButtonElement) {
    button.hidden = false;
    button.addEventListener("click", () => pick(picked === seeker ? null : seeker));
  }
}
for (const how of room.querySelectorAll("[data-how]")) if (how instanceof HTMLElement) how.hidden = false;
