// Draws the site by pointer and by keyboard: spaces are moved, added, copied, turned and taken away, and saved as one
// plan. The server has the last word on what can be; the forms beside the map do the same without this script.

const SVG = "http://www.w3.org/2000/svg";
const STEP = 1;
const FAR = 10;

const room = /** @type {HTMLElement} */ (document.getElementById("siteplan"));
const svg = /** @type {SVGSVGElement} */ (room.querySelector("svg"));
const layer = /** @type {SVGGElement} */ (room.querySelector("[data-spots]"));
const pins = /** @type {SVGGElement} */ (room.querySelector("[data-marks]"));
const facts = /** @type {HTMLFieldSetElement} */ (room.querySelector("[data-facts]"));
const form = /** @type {HTMLFormElement} */ (room.querySelector("[data-save]"));
const news = /** @type {HTMLElement} */ (room.querySelector("[data-news]"));

/** @typedef {{id: number, code: string, zone: string, x_ft: number, y_ft: number, width_ft: number, depth_ft: number, has_power: boolean, corner: boolean, blocked_reason: string}} Spot */
/** @typedef {{id: number, code: string, name: string, x_ft: number, y_ft: number}} Mark */

/** @type {{spots: Spot[], marks: Mark[]}} */
let plan = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("siteplan-data")).textContent ?? "{}");
/** What was drawn before, for undo. @type {string[]} */
const past = [];
/** The chosen spaces and points. @type {Set<Spot | Mark>} */
const chosen = new Set();
let saved = JSON.stringify(plan);

const isSpot = (/** @type {Spot | Mark} */ one) => "width_ft" in one;
/** The chosen spaces alone. @returns {Spot[]} */
const spotsChosen = () => plan.spots.filter((one) => chosen.has(one));

/** Remember the plan as it is before a change. */
function remember() {
  past.push(JSON.stringify(plan));
  if (past.length > 100) past.shift();
}

/** @param {string} name @param {Record<string, string | number>} attributes @param {Element} parent */
function draw(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  parent.append(made);
  return made;
}

/** What is wrong with a space, as the server will say. @param {Spot} spot */
function faultOf(spot) {
  const twin = plan.spots.find((other) => other !== spot && other.code === spot.code);
  if (twin) return room.dataset.twice ?? "";
  const under = plan.spots.find(
    (other) =>
      other !== spot && spot.x_ft < other.x_ft + other.width_ft && other.x_ft < spot.x_ft + spot.width_ft &&
      spot.y_ft < other.y_ft + other.depth_ft && other.y_ft < spot.y_ft + spot.depth_ft,
  );
  return under ? (room.dataset.on ?? "").replace("§", under.code) : "";
}

/** @param {Spot} spot */
const nameOf = (spot) =>
  (room.dataset.name ?? "").replace("§code", spot.code).replace("§width", String(spot.width_ft)).replace("§depth", String(spot.depth_ft));

/** Draw everything anew, the focus where it was. */
function show() {
  const focused = document.activeElement?.getAttribute("data-index");
  layer.replaceChildren();
  pins.replaceChildren();
  plan.spots.forEach((spot, index) => {
    const fault = faultOf(spot);
    const kind = spot.blocked_reason ? "blocked" : "free";
    const group = draw("g", { class: `booth ${kind}${fault ? " wrong" : ""}${chosen.has(spot) ? " chosen" : ""}`, tabindex: 0, role: "button", "aria-pressed": String(chosen.has(spot)), "aria-label": `${nameOf(spot)} ${fault}`, "data-index": `s${index}` }, layer);
    draw("rect", { x: spot.x_ft, y: spot.y_ft, width: spot.width_ft, height: spot.depth_ft, rx: 1 }, group);
    draw("text", { x: spot.x_ft + spot.width_ft / 2, y: spot.y_ft + spot.depth_ft / 2 + 1.5, "font-size": 4 }, group).textContent = spot.code;
  });
  plan.marks.forEach((mark, index) => {
    const group = draw("g", { class: `point${chosen.has(mark) ? " chosen" : ""}`, tabindex: 0, role: "button", "aria-pressed": String(chosen.has(mark)), "aria-label": mark.name, "data-index": `m${index}` }, pins);
    draw("circle", { cx: mark.x_ft, cy: mark.y_ft, r: 8 }, group);
    draw("text", { x: mark.x_ft, y: mark.y_ft + 1.6, "font-size": 4.5 }, group).textContent = mark.code;
  });
  if (focused) /** @type {SVGElement | null} */ (svg.querySelector(`[data-index="${focused}"]`))?.focus({ preventScroll: true });
  const changed = JSON.stringify(plan) !== saved;
  news.textContent = changed ? (room.dataset.unsaved ?? "") : "";
  const spots = spotsChosen();
  facts.hidden = spots.length === 0;
  for (const input of facts.querySelectorAll("[data-fact]")) {
    if (!(input instanceof HTMLInputElement) || input === document.activeElement) continue;
    const key = /** @type {keyof Spot} */ (input.dataset.fact);
    const values = new Set(spots.map((spot) => spot[key]));
    if (input.type === "checkbox") [input.checked, input.indeterminate] = [values.has(true) && values.size === 1, values.size > 1];
    else input.value = values.size === 1 ? String([...values][0]) : "";
    input.disabled = key === "code" && spots.length > 1;
  }
}

/** @param {Element | null} target @returns {Spot | Mark | undefined} */
function thingAt(target) {
  const index = target?.closest("[data-index]")?.getAttribute("data-index");
  if (!index) return undefined;
  return index.startsWith("s") ? plan.spots[Number(index.slice(1))] : plan.marks[Number(index.slice(1))];
}

/** @param {Spot | Mark} one @param {boolean} more whether those chosen before stay */
function choose(one, more) {
  if (more && chosen.has(one)) chosen.delete(one);
  else {
    if (!more && !chosen.has(one)) chosen.clear();
    chosen.add(one);
  }
}

/** @param {number} dx @param {number} dy in feet */
function move(dx, dy) {
  for (const one of chosen) {
    one.x_ft = Math.round((one.x_ft + dx) * 10) / 10;
    one.y_ft = Math.round((one.y_ft + dy) * 10) / 10;
  }
}

// ---------------------------------------------------------------- pointer

/** @param {PointerEvent} event @returns {DOMPoint} the point in feet */
const feet = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM()?.inverse());

/** @type {{at: DOMPoint, moved: boolean} | undefined} */
let drag;

svg.addEventListener("pointerdown", (event) => {
  const one = thingAt(/** @type {Element} */ (event.target));
  if (!one) {
    chosen.clear();
    show();
    return;
  }
  event.preventDefault();
  choose(one, event.shiftKey || event.ctrlKey || event.metaKey);
  drag = { at: feet(event), moved: false };
  svg.setPointerCapture(event.pointerId);
  show();
});

svg.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const to = feet(event);
  const [dx, dy] = [Math.round((to.x - drag.at.x) / STEP) * STEP, Math.round((to.y - drag.at.y) / STEP) * STEP];
  if (!dx && !dy) return;
  if (!drag.moved) remember();
  drag.moved = true;
  drag.at = new DOMPoint(drag.at.x + dx, drag.at.y + dy);
  move(dx, dy);
  show();
});

for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => (drag = undefined));

// ---------------------------------------------------------------- keyboard

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

svg.addEventListener("keydown", (event) => {
  const one = thingAt(/** @type {Element} */ (event.target));
  if (!one) return;
  const arrow = ARROWS[/** @type {keyof typeof ARROWS} */ (event.key)];
  if (event.key === "Enter" || event.key === " ") choose(one, event.shiftKey || event.ctrlKey);
  else if (event.key === "Escape") chosen.clear();
  else if (event.key === "Delete" || event.key === "Backspace") return void (event.preventDefault(), remove());
  else if (arrow) {
    remember();
    if (!chosen.has(one)) choose(one, false);
    const far = event.shiftKey ? FAR : STEP;
    move((arrow[0] ?? 0) * far, (arrow[1] ?? 0) * far);
  } else return;
  event.preventDefault();
  show();
});

// ---------------------------------------------------------------- tools

/** The first number of these letters that is free. @param {string} letters */
function freeCode(letters) {
  const taken = new Set(plan.spots.map((spot) => spot.code));
  for (let number = 1; ; number += 1) {
    const code = `${letters}${String(number).padStart(2, "0")}`;
    if (!taken.has(code)) return code;
  }
}

function remove() {
  remember();
  plan = { spots: plan.spots.filter((one) => !chosen.has(one)), marks: plan.marks.filter((one) => !chosen.has(one)) };
  chosen.clear();
  show();
}

/** @param {Spot[]} made */
function put(made) {
  chosen.clear();
  for (const spot of made) {
    plan.spots.push(spot);
    chosen.add(spot);
  }
  show();
}

/** @param {string} name @param {() => void} act */
const onTool = (name, act) => room.querySelector(`[data-${name}]`)?.addEventListener("click", act);

onTool("add", () => {
  remember();
  const box = svg.viewBox.baseVal;
  const like = spotsChosen()[0];
  const at = { x_ft: Math.round(box.x + box.width / 2), y_ft: Math.round(box.y + box.height / 2) };
  put([{ id: 0, code: freeCode(like ? like.code.replace(/\d+$/, "") : "A"), zone: like?.zone ?? "", width_ft: like?.width_ft ?? 10, depth_ft: like?.depth_ft ?? 10, has_power: false, corner: false, blocked_reason: "", ...at }]);
});
onTool("copy", () => {
  remember();
  const made = [];
  for (const spot of spotsChosen()) {
    const twin = { ...spot, id: 0, code: freeCode(spot.code.replace(/\d+$/, "")), x_ft: spot.x_ft + spot.width_ft + 2, corner: false, blocked_reason: "" };
    plan.spots.push(twin);
    made.push(twin);
  }
  plan.spots.splice(plan.spots.length - made.length);
  put(made);
});
onTool("turn", () => {
  remember();
  for (const spot of spotsChosen()) [spot.width_ft, spot.depth_ft] = [spot.depth_ft, spot.width_ft];
  show();
});
onTool("delete", remove);
onTool("undo", () => {
  const before = past.pop();
  if (!before) return;
  plan = JSON.parse(before);
  chosen.clear();
  show();
});

facts.addEventListener("change", (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const key = input.dataset.fact;
  if (!key) return;
  remember();
  const value = input.type === "checkbox" ? input.checked : input.type === "number" ? Number(input.value) : input.value.trim();
  for (const spot of spotsChosen()) Object.assign(spot, { [key]: key === "code" ? String(value).toUpperCase() : value });
  show();
});

form.addEventListener("submit", () => {
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("plan"));
  field.value = JSON.stringify(plan);
  saved = field.value;
});
addEventListener("beforeunload", (event) => {
  if (JSON.stringify(plan) !== saved) event.preventDefault();
});

for (const tool of room.querySelectorAll("[data-tools]")) /** @type {HTMLElement} */ (tool).hidden = false;
show();
