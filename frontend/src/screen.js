// The page's parts and what is written on them. Texts come from the page, in its language.

/** @import {Answer, Code, Direction} from "./types" */
/** @import {Store} from "./store.js" */

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 */
export function part(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${id}`);
  return found;
}

/** @type {{ zone: string, words: Record<string, string>, codes: Record<Code, [title: string, why: string]> }} */
const data = JSON.parse(part("gate-data", HTMLScriptElement).text);

/**
 * A text of the page with its {placeholders} filled.
 * @param {string} name
 * @param {Record<string, string | number>} values
 */
export function word(name, values = {}) {
  return (data.words[name] ?? name).replace(/{(\w+)}/g, (_, key) => String(values[key] ?? ""));
}

const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "numeric", minute: "2-digit", timeZone: data.zone });

const LASTS = 2500;
const result = part("result", HTMLElement);
/** @type {ReturnType<typeof setTimeout> | undefined} */
let closing;

/**
 * @typedef {object} Shown
 * @property {Answer} answer
 * @property {Direction} direction
 * @property {boolean} local decided by this phone
 * @property {boolean} undone it takes back the one before
 * @property {number} remaining how many more of the party could come in
 * @property {boolean} reversible
 */

/** @param {Shown} shown */
export function showResult({ answer, direction, local, undone, remaining, reversible }) {
  const good = answer.outcome === "admitted";
  const [title, why] = data.codes[answer.code ?? ""] ?? ["", ""];
  const verdict = word(!good ? "refused" : undone ? "undone" : direction === "in" ? "admitted" : "left");
  result.dataset["outcome"] = answer.outcome;
  result.dataset["code"] = answer.code ?? "";
  result.dataset["from"] = local ? "phone" : "server";
  write("result-word", verdict);
  write("result-title", [answer.name ?? "", good ? "" : title].filter(Boolean).join(" · "));
  part("result-lines", HTMLElement).replaceChildren(...(answer.lines ?? []).map(listItem));
  write("result-count", answer.party ? word("count", { people: answer.people_in, party: answer.party }) : "");
  const first = !good && answer.first_in;
  write("result-first", first ? word("first_in", { time: clock.format(new Date(first.at)), gate: first.gate }) : "");
  write("result-why", good ? "" : answer.message || why);
  part("result-reason", HTMLDetailsElement).hidden = good;
  part("result-reason", HTMLDetailsElement).open = false;
  part("result-local", HTMLElement).hidden = !local;
  part("result-undo", HTMLElement).hidden = !(good && reversible && !undone);
  const more = remaining > 0 && (answer.code === "party_full" || (good && direction === "in" && !undone));
  part("result-rest", HTMLElement).hidden = !more;
  write("result-rest", word("admit", { people: remaining }), true);
  write("said", [verdict, good ? "" : title].filter(Boolean).join(". "), true);
  result.hidden = false;
  part("result-next", HTMLElement).focus({ preventScroll: true });
  result.scrollTop = 0;
  clearTimeout(closing);
  if (good && !answer.lines?.length) closing = setTimeout(hideResult, LASTS); // what stands there is to be read
}

/** @param {string} text */
function listItem(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}

export function hideResult() {
  clearTimeout(closing);
  if (result.hidden) return;
  result.hidden = true;
  part("typed", HTMLElement).focus({ preventScroll: true });
}

/**
 * @param {string} id
 * @param {string} text
 * @param {boolean} [keep] stay visible although empty
 */
export function write(id, text, keep = false) {
  const element = part(id, HTMLElement);
  element.textContent = text;
  if (!keep) element.hidden = !text;
}

/**
 * Who this phone is and how far its scans are.
 * @param {Store} store
 * @param {boolean} online
 */
export function showState(store, online) {
  const { snapshot, device, night, walkups } = store.facts;
  const enrolled = Boolean(device && !device.revoked && snapshot);
  part("enrol", HTMLElement).hidden = enrolled;
  for (const id of ["bar", "deck"]) part(id, HTMLElement).hidden = !enrolled;
  if (device?.revoked) write("enrol-error", word("revoked"));
  document.documentElement.classList.toggle("night", Boolean(night));
  part("night", HTMLElement).setAttribute("aria-pressed", String(Boolean(night)));
  write("gate-name", snapshot?.gate.name ?? "", true);
  write("gate-zone", snapshot?.gate.zone ?? "", true);
  const { waiting, stuck } = store.counts;
  const state = part("sync", HTMLElement);
  state.dataset["waiting"] = String(waiting);
  state.dataset["online"] = String(online);
  const parts = [online ? "" : word("offline"), waiting ? word("waiting", { count: waiting }) : "", stuck ? word("stuck", { count: stuck }) : ""];
  write("sync-words", parts.filter(Boolean).join(" · ") || word("all_sent"), true);
  write("walkup-count", String(walkups ?? 0), true);
  showZone(enrolled ? snapshot : undefined);
}

/** How full the area is, once it matters. @param {import("./types").Snapshot | undefined} snapshot */
function showZone(snapshot) {
  const level = snapshot?.zone_level ?? 0;
  part("zone-note", HTMLElement).dataset["level"] = String(level);
  const values = { zone: snapshot?.gate.zone ?? "", percent: level };
  write("zone-note", level ? word(level >= 100 ? "zone_full" : "zone_level", values) : "");
}
