// What the phone decides alone. The token was made by ticketing/delivery/token.py.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isSigned, readToken } from "../src/token.js";
import { decide, Rules, wholeParty } from "../src/verdict.js";

const TOKEN = "W50448000000100000C00:M0Z:K4%UO45K6251S9$3Y*DP.0*-RS%3A67232UL1SWCRY77 UNJI%PG0QBZQ4O-J+:MEYATD6A%U3ZR0D52O3IHSOGP4-I% LB0";
const KEY = "Wpz60t56nwoFfBfxBM/lkjLt9y4JlC/mgdJxJG3O0nM=";
const ID = "4611686018427387905";
const OPEN = { id: 12, name: "Festival day", valid_from: "2027-06-19T15:00:00Z", valid_until: "2027-06-20T04:00:00Z", allowed: true };
const NOON = Date.parse("2027-06-19T18:00:00Z");

const ticket = readToken(TOKEN);

/** @param {object} [changes] @param {object} [asked] */
function verdict(changes = {}, asked = {}) {
  const gate = { id: 1, name: "North", zone: "Lawn", directions: "both" };
  const rules = new Rules({ server_time: "", gate, keys: { 1: KEY }, offers: [OPEN], ended: [], admitted: [], parties: [], ...changes });
  return decide({ ticket, signed: true, rules, known: undefined, direction: "in", people: 4, now: NOON, ...asked });
}

const inside = (people_in) => ({ ticket: ID, people_in, party: 4, first_in_at: "2027-06-19T17:00:00Z", gate: "South", at: 0 });

test("a token is taken apart as Python packed it", () => {
  assert.equal(ticket?.ticket, ID);
  assert.deepEqual([ticket.key, ticket.offer, ticket.party], [1, "12", 4]);
});

test("only an unchanged token is signed", async () => {
  assert.equal(await isSigned(ticket, KEY), true);
  assert.equal(await isSigned({ ...ticket, signed: ticket.signed.with(14, 9) }, KEY), false);
  assert.equal(await isSigned(ticket, undefined), false);
});

test("other texts are no tokens", () => {
  for (const text of ["", "https://example.org", TOKEN.slice(1), TOKEN.toLowerCase(), ":".repeat(122), `0${TOKEN.slice(1)}`])
    assert.equal(readToken(text), null, text);
});

test("a party is admitted and counted", () => {
  assert.deepEqual(verdict(), { outcome: "admitted", code: "", people_in: 4, party: 4, first_in: null });
  assert.equal(verdict({}, { people: 2, known: inside(2) }).people_in, 4);
  assert.equal(verdict({}, { direction: "out", people: 3, known: inside(4) }).people_in, 1);
});

test("each reason against it has its code", () => {
  const cases = [
    ["unknown", {}, { ticket: null }],
    ["bad_signature", {}, { signed: false }],
    ["wrong_event", { offers: [] }, {}],
    ["rotated", { ended: [[ID, "rotated"]] }, {}],
    ["rotated", { ended: [[ID, "transferred"]] }, {}],
    ["cancelled", { ended: [[ID, "cancelled"]] }, {}],
    ["gate_not_allowed", { offers: [{ ...OPEN, allowed: false }] }, {}],
    ["gate_not_allowed", { gate: { directions: "out" } }, {}],
    ["not_yet_valid", {}, { now: NOON - 4 * 3600_000 }],
    ["expired", {}, { now: NOON + 11 * 3600_000 }],
    ["already_in", {}, { known: inside(4), people: 1 }],
    ["party_full", {}, { known: inside(2), people: 3 }],
    ["not_inside", {}, { direction: "out", people: 1 }],
  ];
  for (const [code, changes, asked] of cases) {
    const found = verdict(changes, asked);
    assert.deepEqual([found.code, found.outcome], [code, "refused"]);
    assert.equal(found.people_in, asked.known?.people_in ?? 0);
  }
});

test("a refusal says when and where the party came in first", () => {
  assert.deepEqual(verdict({}, { known: inside(4) }).first_in, { at: "2027-06-19T17:00:00Z", gate: "South" });
});

test("the whole party is who is still out, or who is in", () => {
  assert.equal(wholeParty("in", 4, undefined), 4);
  assert.equal(wholeParty("in", 4, inside(3)), 1);
  assert.equal(wholeParty("in", 4, inside(4)), 1);
  assert.equal(wholeParty("out", 4, inside(3)), 3);
  assert.equal(wholeParty("out", 4, undefined), 4);
});
