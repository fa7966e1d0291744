// What this phone decides by itself, in the server's order, from what it knew at the last sync. Pure.

/** @import {Answer, Code, Direction, Known, Snapshot, Ticket} from "./types" */

/** The rules of a gate, looked up quickly: made once from each snapshot. */
export class Rules {
  /** @param {Snapshot} snapshot */
  constructor(snapshot) {
    this.gate = snapshot.gate;
    this.keys = snapshot.keys;
    this.offers = new Map(snapshot.offers.map((offer) => [String(offer.id), offer]));
    this.ended = new Map(snapshot.ended.map(([ticket, why]) => [String(ticket), why]));
  }

  /** @param {Direction} direction */
  allows(direction) {
    return this.gate.directions === "both" || this.gate.directions === direction;
  }
}

/**
 * How many are meant where nobody chose a number: all who are still out, or all who are in.
 * @param {Direction} direction
 * @param {number} party
 * @param {Known | undefined} known
 */
export function wholeParty(direction, party, known) {
  const inside = known?.people_in ?? 0;
  const meant = direction === "in" ? (known?.party ?? party) - inside : inside || party;
  return Math.max(1, meant);
}

/**
 * @param {object} asked
 * @param {Ticket | null} asked.ticket null for a text that is no token
 * @param {boolean} asked.signed
 * @param {Rules} asked.rules
 * @param {Known | undefined} asked.known
 * @param {Direction} asked.direction
 * @param {number} asked.people
 * @param {number} asked.now by the server's clock, in milliseconds
 * @returns {Omit<Answer, "scan_id" | "message">}
 */
export function decide({ ticket, signed, rules, known, direction, people, now }) {
  const party = known?.party ?? ticket?.party ?? 0;
  const inside = known?.people_in ?? 0;
  const first_in = known?.first_in_at ? { at: known.first_in_at, gate: known.gate } : null;
  const code = reasonAgainst({ ticket, signed, rules, direction, now }) || overCount(direction, people, inside, party);
  const moved = code ? 0 : direction === "in" ? people : -people;
  return { outcome: code ? "refused" : "admitted", code, people_in: inside + moved, party, first_in };
}

/**
 * Why the ticket does not open this gate, whoever of the party came before. Leaving is not refused for the hour or the
 * event: nobody is kept inside by a rule.
 * @param {{ticket: Ticket | null, signed: boolean, rules: Rules, direction: Direction, now: number}} asked
 * @returns {Code}
 */
function reasonAgainst({ ticket, signed, rules, direction, now }) {
  if (!ticket) return "unknown";
  if (!signed) return "bad_signature";
  if (!rules.allows(direction)) return "gate_not_allowed";
  const ended = rules.ended.get(ticket.ticket);
  if (ended) return ended === "cancelled" ? "cancelled" : "rotated";
  if (direction === "out") return "";
  const offer = rules.offers.get(ticket.offer);
  if (!offer) return "wrong_event";
  if (!offer.allowed) return "gate_not_allowed";
  if (now < Date.parse(offer.valid_from)) return "not_yet_valid";
  return now > Date.parse(offer.valid_until) ? "expired" : "";
}

/**
 * @param {Direction} direction
 * @param {number} people
 * @param {number} inside
 * @param {number} party
 * @returns {Code}
 */
function overCount(direction, people, inside, party) {
  if (direction === "out") return people > inside ? "not_inside" : "";
  if (inside >= party) return "already_in";
  return inside + people > party ? "party_full" : "";
}
