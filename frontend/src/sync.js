// Between this phone and the server: single questions, the upload of what waits, the snapshot. Nothing here blocks a gate.

import { readToken } from "./token.js";

/** @import {Answer, Device, Known, Scan, Snapshot, Waiting} from "./types" */
/** @import {Store} from "./store.js" */

const BATCH = 50;
const SLOWEST = 60_000;
/** How often the phone asks for news while somebody looks at it. */
const NEWS_EVERY = 30_000;
/** Which build of the app this is: the part of its address that changes with its content. */
const VERSION = new URL(import.meta.url).pathname.split("/").at(-3) ?? "";

/**
 * @typedef {object} Reply
 * @property {number} status 0 where there is no network
 * @property {any} json
 * @property {string} etag
 */

/**
 * @param {string} path below /api/v1
 * @param {{token?: string, body?: object, etag?: string, wait?: number}} [asked] `wait` in milliseconds
 * @returns {Promise<Reply>}
 */
export async function call(path, { token, body, etag, wait = 15_000 } = {}) {
  /** @type {Record<string, string>} */
  const headers = { "Accept-Language": document.documentElement.lang };
  if (token) {
    headers["Authorization"] = `Bearer ${token}`;
    headers["X-Device-Time"] = new Date().toISOString(); // the server measures how far this clock is off
  }
  if (body) headers["Content-Type"] = "application/json";
  if (etag) headers["If-None-Match"] = etag;
  try {
    const response = await fetch(`/api/v1${path}`, {
      method: body ? "POST" : "GET",
      headers,
      body: body && JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(wait),
    });
    const type = response.headers.get("Content-Type") ?? "";
    const json = type.includes("json") ? await response.json() : null;
    return { status: response.status, json, etag: response.headers.get("ETag") ?? "" };
  } catch {
    return { status: 0, json: null, etag: "" };
  }
}

/**
 * What an answer teaches about its party.
 * @param {Scan} scan
 * @param {Answer} answer
 * @param {string} gate this gate's name
 * @returns {Known[]}
 */
export function lesson(scan, answer, gate) {
  const ticket = readToken(scan.token);
  if (!ticket || !answer.party) return [];
  const { people_in, party, first_in } = answer;
  const first = first_in ?? (answer.outcome === "admitted" ? { at: scan.scanned_at, gate } : null);
  return [{ ticket: ticket.ticket, people_in, party, first_in_at: first?.at ?? null, gate: first?.gate ?? "", at: Date.now() }];
}

export class Sync {
  #flushing = false;
  #failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Store} store
   * @param {() => void} changed called when counts, connection or snapshot changed
   */
  constructor(store, changed) {
    this.store = store;
    this.changed = changed;
    this.online = navigator.onLine;
    addEventListener("online", () => this.wake());
    addEventListener("offline", () => this.#met(0));
    document.addEventListener("visibilitychange", () => document.hidden || this.wake());
    setInterval(() => document.hidden || this.refresh(), NEWS_EVERY);
  }

  /** Try now, whatever failed before. */
  wake() {
    this.#failures = 0;
    void this.flush();
    void this.refresh();
  }

  get #device() {
    const { device } = this.store.facts;
    return device && !device.revoked ? device : undefined;
  }

  /** @param {number} status */
  #met(status) {
    this.online = status !== 0;
    if (status === 401 && this.#device) void this.store.keep({ device: { ...this.#device, revoked: true } });
    this.changed();
  }

  /**
   * Become a device of a gate. Returns the status: 201 when it worked.
   * @param {string} code
   */
  async enrol(code) {
    const { status, json } = await call("/devices/enrol", { body: { code } });
    if (status === 201) {
      await this.store.keep({ device: { token: json.token, expires_at: json.expires_at, directions: json.gate.directions }, etag: "" });
      await this.refresh();
    }
    this.#met(status === 401 ? 403 : status);
    return status;
  }

  /** The gate's rules and what the other gates admitted. */
  async refresh() {
    const device = this.#device;
    if (!device) return;
    const asked_at = Date.now();
    const { status, json, etag } = await call(`/gate/snapshot?${await this.#report()}`, {
      token: device.token,
      etag: this.store.facts.etag,
    });
    if (status === 200) await this.#take(json, device, etag, asked_at);
    this.#met(status);
  }

  /** What the office sees of this phone. */
  async #report() {
    const report = new URLSearchParams({ waiting: String(this.store.counts.waiting), version: VERSION });
    const { getBattery } = /** @type {Navigator & {getBattery?: () => Promise<{level: number}>}} */ (navigator);
    const battery = await getBattery?.call(navigator).catch(() => undefined);
    if (battery) report.set("battery", String(Math.round(battery.level * 100)));
    return report;
  }

  /**
   * Parties by name, at most ten. Null without a network; nothing of the answer is kept.
   * @param {string} words
   * @returns {Promise<import("./types").Party[] | null>}
   */
  async search(words) {
    const device = this.#device;
    if (!device) return null;
    const { status, json } = await call(`/gate/search?${new URLSearchParams({ q: words })}`, { token: device.token, wait: 6000 });
    this.#met(status);
    return status === 200 ? json.parties : status === 422 ? [] : null;
  }

  /**
   * @param {Snapshot} snapshot
   * @param {Device} device it may be allowed fewer ways than its gate
   * @param {string} etag
   * @param {number} asked_at
   */
  #take(snapshot, device, etag, asked_at) {
    const { gate } = snapshot;
    const directions = gate.directions === "both" ? device.directions : gate.directions;
    return this.store.take({ ...snapshot, gate: { ...gate, directions } }, etag, asked_at);
  }

  /**
   * Ask about one scan that already waits in the store. Null where no answer came; it goes on waiting.
   * @param {Waiting & {kind: "scan"}} waiting
   * @param {boolean} [undecided] the people wait for this answer: the server decides
   * @returns {Promise<Answer | null>}
   */
  async ask(waiting, undecided = false) {
    const device = this.#device;
    if (!device) return null;
    const { status, json } = await call("/scans", {
      token: device.token,
      body: undecided ? { ...waiting.body, shown: undefined } : waiting.body,
    });
    await this.#settleOne(waiting, status, json);
    this.#met(status);
    return status === 200 ? json : null;
  }

  /**
   * @param {Waiting} waiting
   * @param {number} status
   * @param {any} json
   */
  async #settleOne(waiting, status, json) {
    const refused = status === 400 || status === 422;
    if (!refused && (status < 200 || status >= 300)) return false;
    const gate = this.store.facts.snapshot?.gate.name ?? "";
    const learnt = !refused && waiting.kind === "scan" ? lesson(waiting.body, json, gate) : [];
    await this.store.settle(new Set([waiting.id]), learnt, refused ? [waiting] : []);
    return true;
  }

  /** Upload what waits, oldest first, until nothing does; after a failure try again later. */
  async flush() {
    if (this.#flushing) return;
    this.#flushing = true;
    clearTimeout(this.#timer);
    try {
      while (this.#device && this.store.counts.waiting && (await this.#uploadSome(this.#device)));
    } finally {
      this.#flushing = false;
    }
    if (!this.#device || !this.store.counts.waiting) return void (this.#failures = 0);
    const pause = Math.min(SLOWEST, 1000 * 2 ** this.#failures) * (0.75 + Math.random() / 2);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.flush(), pause);
  }

  /**
   * @param {Device} device
   * @returns {Promise<boolean>} whether anything was taken
   */
  async #uploadSome({ token }) {
    const rows = await this.store.waiting(BATCH);
    const first = rows[0];
    if (!first) return false;
    if (first.kind === "walkup") {
      const { status, json } = await call("/walkups", { token, body: first.body });
      const done = await this.#settleOne(first, status, json);
      this.#met(status);
      return done;
    }
    const until = rows.findIndex((row) => row.kind !== "scan");
    const scans = rows.slice(0, until < 0 ? rows.length : until).filter((row) => row.kind === "scan");
    const { status, json } = await call("/scans/batch", { token, body: { scans: scans.map((row) => row.body) } });
    this.#met(status);
    if (status === 200) return this.#settleBatch(scans, json.results);
    if (status !== 400 && status !== 413 && status !== 422) return false;
    for (const row of scans) await this.ask(row); // one of them is bad: find out which, keep the others moving
    return (await this.store.waiting(1))[0]?.id !== first.id;
  }

  /**
   * @param {(Waiting & {kind: "scan"})[]} scans
   * @param {Answer[]} results
   */
  async #settleBatch(scans, results) {
    const answers = new Map(results.map((answer, index) => [answer.scan_id ?? scans[index]?.id, answer]));
    const gate = this.store.facts.snapshot?.gate.name ?? "";
    const answered = scans.filter((row) => answers.has(row.id));
    const learnt = answered.flatMap((row) => lesson(row.body, /** @type {Answer} */ (answers.get(row.id)), gate));
    await this.store.settle(new Set(answered.map((row) => row.id)), learnt);
    this.changed();
    return answered.length > 0;
  }
}
