// The scanner: from a code, read or typed, to an answer that nobody mistakes. Decides alone, tells the server after.

import { Camera } from "./camera.js";
import { offerSearch } from "./search.js";
import { hideResult, part, showResult, showState, word, write } from "./screen.js";
import { signal, stayAwake } from "./signals.js";
import { Store } from "./store.js";
import { lesson, Sync } from "./sync.js";
import { isReference, isSigned, readToken } from "./token.js";
import { decide, Rules, wholeParty } from "./verdict.js";

/** @import {Answer, Direction, Scan} from "./types" */

/** How long the server may take before this phone's own answer is shown, in milliseconds. */
const PATIENCE = 300;
/** The same for a text that this phone cannot read: only the server may know it. */
const PATIENCE_UNREADABLE = 3000;
/** A code that stays in the picture is read once. */
const STILL_THERE = 2000;

const store = await Store.open();
const sync = new Sync(store, () => showState(store, sync.online));

/** @type {Rules | undefined} */
let rules;
/** @type {object | undefined} the snapshot that `rules` came from */
let rulesFrom;
/** The number of people chosen for the next scan; 0 is the whole party. */
let chosen = 0;
/** The last scan answered, for what the result's buttons do. @type {Scan | undefined} */
let last;
/** The last scan that let people pass and was not taken back. @type {Scan | undefined} */
let undoable;
let seen = { text: "", at: 0 };

function currentRules() {
  const { snapshot } = store.facts;
  if (snapshot && snapshot !== rulesFrom) [rules, rulesFrom] = [new Rules(snapshot), snapshot];
  return rules;
}

function direction() {
  return /** @type {Direction} */ (new FormData(part("direction", HTMLFormElement)).get("direction") ?? "in");
}

/** @param {Direction} way @returns {Direction} */
const opposite = (way) => (way === "in" ? "out" : "in");

/** @param {number} wait in milliseconds; @returns {Promise<null>} */
const nothingAfter = (wait) => new Promise((resolve) => setTimeout(() => resolve(null), wait));

/**
 * Answer one code. What is shown as admitted is on this phone's disk before.
 * @param {string} text
 * @param {object} [how]
 * @param {Direction} [how.way]
 * @param {number} [how.people] 0 is the whole party
 * @param {boolean} [how.undone]
 * @param {number} [how.taken] when its camera frame was taken
 */
async function answer(text, { way = direction(), people: wanted = chosen, undone = false, taken = performance.now() } = {}) {
  const { device, snapshot } = store.facts;
  const rules = currentRules();
  if (!device || !snapshot || !rules) return;
  const ticket = readToken(text);
  const known = ticket ? store.known.get(ticket.ticket) : undefined;
  const people = wanted || wholeParty(way, ticket?.party ?? 1, known);
  const signed = ticket !== null && (await isSigned(ticket, rules.keys[ticket.key]));
  const over = device.revoked || store.now() > Date.parse(device.expires_at);
  const verdict = decide({ ticket, signed, rules, known, direction: way, people, now: store.now() });
  if (!ticket && isReference(text)) verdict.code = "needs_network"; // only the server can look it up
  /** @type {Scan} */
  const scan = { scan_id: crypto.randomUUID(), token: text, direction: way, people, scanned_at: new Date().toISOString() };
  /** @type {Answer} */
  const own = { scan_id: scan.scan_id, message: "", ...verdict, ...(over && { outcome: "refused", code: "device_revoked" }) };

  const show = (/** @type {Answer} */ shown, /** @type {boolean} */ local) => {
    const reversible = rules.allows(opposite(way));
    showResult({ answer: shown, direction: way, local, undone, remaining: shown.party - shown.people_in, reversible });
  };

  last = scan;
  undoable = undefined;
  choose(0);
  let shown = own;
  if (!over) {
    const waiting = /** @type {const} */ ({ id: scan.scan_id, kind: "scan", body: { ...scan, shown: own.outcome } });
    await store.enqueue(waiting, own.outcome === "admitted" ? lesson(scan, own, snapshot.gate.name)[0] : undefined);
    showState(store, sync.online);
    const asked = sync.ask(waiting, sync.online);
    const soon = sync.online ? await Promise.race([asked, nothingAfter(ticket ? PATIENCE : PATIENCE_UNREADABLE)]) : null;
    shown = soon ?? own;
    if (!soon) void asked.then((late) => (late ? last === scan && show(late, false) : sync.flush()));
  }
  show(shown, shown === own && !over);
  if (shown.outcome === "admitted" && !undone && rules.allows(opposite(way))) undoable = scan;
  part("undo-last", HTMLButtonElement).disabled = !undoable;
  performance.measure("verdict", { start: taken });
  signal(shown.outcome === "admitted");
}

/** Answers come one after the other, whoever asks. */
let queue = Promise.resolve();

/** @param {Parameters<typeof answer>} asked */
function take(...asked) {
  queue = queue.then(() => answer(...asked)).catch((error) => console.error(error));
}

/** @param {number} people */
function choose(people) {
  chosen = people;
  write("people", people ? String(people) : word("whole_party"), true);
  part("people-less", HTMLButtonElement).disabled = !people;
}

/** @param {1 | -1} delta */
async function countWalkUp(delta) {
  const body = { walkup_id: crypto.randomUUID(), delta, at: new Date().toISOString() };
  await store.enqueue({ id: body.walkup_id, kind: "walkup", body });
  await store.keep({ walkups: (store.facts.walkups ?? 0) + delta });
  navigator.vibrate?.(40);
  void sync.flush();
  showState(store, sync.online);
}

// ---------------------------------------------------------------- enrolment

/** @param {string} text a code, or the address that the organizer's QR shows */
async function enrol(text) {
  const code = decodeURIComponent(/#enrol=([^&]+)/.exec(text)?.[1] ?? text).trim();
  if (!code) return;
  write("enrol-error", "");
  if (store.counts.waiting && store.facts.device && !store.facts.device.revoked) await sync.flush();
  if (store.counts.waiting) return write("enrol-error", word("send_first", { count: store.counts.waiting }));
  const status = await sync.enrol(code);
  if (status === 201) await begin();
  else write("enrol-error", word(status === 0 ? "no_network" : status === 429 ? "too_many" : "wrong_code"));
}

async function begin() {
  showState(store, sync.online);
  if (!part("enrol", HTMLElement).hidden) return;
  const { directions } = store.facts.snapshot?.gate ?? { directions: "both" };
  for (const radio of document.querySelectorAll("#direction input"))
    if (radio instanceof HTMLInputElement) {
      radio.disabled = directions !== "both" && directions !== radio.value;
      if (directions === radio.value) radio.checked = true;
    }
  await Promise.all([look(), stayAwake()]);
}

// ---------------------------------------------------------------- camera

/** @type {Camera | undefined} */
let camera;

/** @param {string} text @param {number} taken */
function found(text, taken) {
  const still = text === seen.text && taken - seen.at < STILL_THERE;
  seen = { text, at: taken };
  if (still) return;
  if (part("enrol", HTMLElement).hidden) take(text, { taken });
  else void enrol(text);
}

async function look() {
  part("sight", HTMLElement).hidden = false;
  camera ??= new Camera(part("video", HTMLVideoElement), found);
  try {
    await camera.start();
    write("camera-note", "");
  } catch {
    write("camera-note", word("no_camera"));
  }
  part("torch", HTMLElement).hidden = !camera.abilities.torch;
  part("zoom", HTMLElement).hidden = !camera.abilities.zoom;
}

// ---------------------------------------------------------------- hands

/** @param {string} id @param {() => unknown} act */
function onClick(id, act) {
  part(id, HTMLButtonElement).addEventListener("click", () => void act());
}

/** @param {string} id @param {string} input @param {(text: string) => void} act */
function onSubmit(id, input, act) {
  part(id, HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    const field = part(input, HTMLInputElement);
    if (field.value.trim()) act(field.value);
    field.value = "";
  });
}

onSubmit("enrol-form", "code", (text) => void enrol(text));
onSubmit("type-form", "typed", (text) => take(text));
onClick("enrol-camera", look);
onClick("result-next", hideResult);
for (const id of ["result-undo", "undo-last"])
  onClick(id, () => undoable && take(undoable.token, { way: opposite(undoable.direction), people: undoable.people, undone: true }));
offerSearch(
  (words) => sync.search(words),
  (party) => take(party.reference, { people: chosen || (direction() === "in" ? party.party - party.people_in : party.people_in) || 1 }),
);
part("direction", HTMLElement).addEventListener("change", () => (document.documentElement.dataset["way"] = direction()));
onClick("result-rest", () => last && take(last.token, { way: last.direction }));
onClick("people-more", () => choose(Math.min(chosen + 1, 255)));
onClick("people-less", () => choose(Math.max(chosen - 1, 0)));
onClick("walkup-more", () => countWalkUp(1));
onClick("walkup-less", () => countWalkUp(-1));
onClick("night", async () => (await store.keep({ night: !store.facts.night }), showState(store, sync.online)));
onClick("flip", () => camera?.flip());
for (const tool of /** @type {const} */ (["torch", "zoom"]))
  onClick(tool, async () => part(tool, HTMLElement).setAttribute("aria-pressed", String(await camera?.[tool]())));
for (const id of ["direction", "people-more", "people-less", "result-undo", "undo-last"])
  part(id, HTMLElement).addEventListener("click", () => (seen.text = "")); // the same code may be meant again

/** A hardware scanner types a whole code and Enter, faster than any hand. */
let typed = { text: "", at: 0 };
addEventListener("keydown", (event) => {
  if (event.key === "Escape") hideResult();
  if (event.target instanceof HTMLInputElement && event.target.type === "text") return;
  const fast = event.timeStamp - typed.at < 100;
  if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
    typed = { text: (fast ? typed.text : "") + event.key, at: event.timeStamp };
    if (fast) event.preventDefault();
  } else if (event.key === "Enter" && fast && typed.text.length > 7) {
    event.preventDefault();
    take(typed.text);
    typed = { text: "", at: 0 };
  }
});

// ---------------------------------------------------------------- start

const { app } = part("gate", HTMLElement).dataset;
void navigator.serviceWorker?.register(`${app}/sw.js`, { scope: app }).catch(() => undefined);
void navigator.storage?.persist?.();
choose(0);
await begin();
/** What the organizer's QR opens, also where the scanner stands open already. */
async function enrolByAddress() {
  const { hash } = location;
  if (!hash.startsWith("#enrol=")) return;
  history.replaceState(null, "", location.pathname);
  await enrol(hash);
}

addEventListener("hashchange", () => void enrolByAddress());
await enrolByAddress();
sync.wake();
