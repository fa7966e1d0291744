// What this phone keeps: who it is, the snapshot, what it learnt since, and what waits for upload. No name, mail or phone.

import { openDB } from "idb";

/** @import {Device, Known, Snapshot, Waiting} from "./types" */

/** Kept as one value each. @typedef {{ device: Device, snapshot: Snapshot, etag: string, offset: number, night: boolean, walkups: number }} Facts */

const DURABLE = /** @type {const} */ ({ durability: "strict" });

export class Store {
  /** @param {import("idb").IDBPDatabase} database */
  constructor(database) {
    this.database = database;
    /** @type {Partial<Facts>} */
    this.facts = {};
    /** @type {Map<string, Known>} */
    this.known = new Map();
    /** How many wait, and how many the server would not take. */
    this.counts = { waiting: 0, stuck: 0 };
  }

  static async open() {
    const store = new Store(
      await openDB("gate", 1, {
        upgrade(database) {
          database.createObjectStore("facts");
          database.createObjectStore("known", { keyPath: "ticket" });
          database.createObjectStore("waiting", { keyPath: "seq", autoIncrement: true });
          database.createObjectStore("stuck", { keyPath: "id" });
        },
      }),
    );
    await store.#load();
    return store;
  }

  async #load() {
    const keys = await this.database.getAllKeys("facts");
    const values = await this.database.getAll("facts");
    this.facts = Object.fromEntries(keys.map((key, index) => [String(key), values[index]]));
    this.#learnAll(this.facts.snapshot, await this.database.getAll("known"));
    await this.#count();
  }

  async #count() {
    this.counts = { waiting: await this.database.count("waiting"), stuck: await this.database.count("stuck") };
  }

  /**
   * @param {Snapshot | undefined} snapshot
   * @param {Known[]} since
   */
  #learnAll(snapshot, since) {
    this.known = new Map();
    for (const [ticket, party] of snapshot?.parties ?? [])
      this.known.set(ticket, { ticket, people_in: 0, party, first_in_at: null, gate: "", at: 0 });
    for (const [ticket, people_in, party, first_in_at, gate] of snapshot?.admitted ?? [])
      this.known.set(ticket, { ticket, people_in, party, first_in_at, gate, at: 0 });
    for (const one of since) this.known.set(one.ticket, one);
  }

  /** @param {Partial<Facts>} facts */
  async keep(facts) {
    Object.assign(this.facts, facts);
    const change = this.database.transaction("facts", "readwrite", DURABLE);
    await Promise.all([...Object.entries(facts).map(([key, value]) => change.store.put(value, key)), change.done]);
  }

  /**
   * Keep what waits for upload and what it changes, both or neither, on disk before this returns.
   * @param {Waiting} waiting
   * @param {Known} [known]
   */
  async enqueue(waiting, known) {
    const change = this.database.transaction(["waiting", "known"], "readwrite", DURABLE);
    const writes = [change.objectStore("waiting").add(waiting), known && change.objectStore("known").put(known)];
    await Promise.all([...writes, change.done]);
    if (known) this.known.set(known.ticket, known);
    this.counts.waiting += 1;
  }

  /**
   * The oldest that wait.
   * @param {number} most
   * @returns {Promise<Waiting[]>}
   */
  waiting(most) {
    return this.database.getAll("waiting", null, most);
  }

  /**
   * The server has answered: they wait no more. What it says is learnt; what it would not take is laid aside.
   * @param {Set<string>} answered ids
   * @param {Known[]} learnt
   * @param {Waiting[]} stuck
   */
  async settle(answered, learnt, stuck = []) {
    const change = this.database.transaction(["waiting", "known", "stuck"], "readwrite", DURABLE);
    for (const row of await change.objectStore("waiting").getAll())
      if (answered.has(row.id)) void change.objectStore("waiting").delete(row.seq);
    for (const one of learnt) void change.objectStore("known").put(one);
    for (const one of stuck) void change.objectStore("stuck").put(one);
    await change.done;
    for (const one of learnt) this.known.set(one.ticket, one);
    await this.#count();
  }

  /**
   * Take a new snapshot; what was learnt after `asked_at` (our clock) is newer and stays.
   * @param {Snapshot} snapshot
   * @param {string} etag
   * @param {number} asked_at
   */
  async take(snapshot, etag, asked_at) {
    const offset = Date.parse(snapshot.server_time) - Date.now();
    const older = this.counts.waiting ? [] : [...this.known.values()].filter((one) => one.at && one.at < asked_at);
    const change = this.database.transaction("known", "readwrite");
    await Promise.all([...older.map((one) => change.store.delete(one.ticket)), change.done]);
    await this.keep({ snapshot, etag, offset });
    this.#learnAll(snapshot, await this.database.getAll("known"));
  }

  /** Milliseconds of the server's clock. */
  now() {
    return Date.now() + (this.facts.offset ?? 0);
  }
}
