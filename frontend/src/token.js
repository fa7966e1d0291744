// A ticket's token: base45 of 17 bytes and their Ed25519 signature; ticketing/delivery/token.py has the layout.

/** @import {Ticket} from "./types" */

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const LENGTH = 122;
const BODY = 17;

/**
 * RFC 9285. Null for a text that is no base45.
 * @param {string} text
 */
export function fromBase45(text) {
  /** @type {number[]} */
  const out = [];
  for (let start = 0; start < text.length; start += 3) {
    const values = [...text.slice(start, start + 3)].map((character) => ALPHABET.indexOf(character));
    if (values.includes(-1) || values.length === 1) return null;
    const number = (values[0] ?? 0) + (values[1] ?? 0) * 45 + (values[2] ?? 0) * 2025;
    if (number > (values.length === 3 ? 0xffff : 0xff)) return null;
    if (values.length === 3) out.push(number >> 8);
    out.push(number & 255);
  }
  return new Uint8Array(out);
}

/**
 * Take a token apart without believing it. Null for any other text.
 * @param {string} text
 * @returns {Ticket | null}
 */
export function readToken(text) {
  const raw = text.length === LENGTH ? fromBase45(text) : null;
  if (!raw || raw[0] !== 1) return null;
  const view = new DataView(raw.buffer);
  const ticket = view.getBigUint64(2);
  if (ticket >> 63n) return null;
  return {
    key: view.getUint8(1),
    ticket: ticket.toString(),
    offer: view.getUint32(10).toString(),
    party: view.getUint8(14),
    signed: raw.slice(0, BODY),
    signature: raw.slice(BODY),
  };
}

/**
 * Whether a text may be the short reference of a ticket, or a pass, which only the server can look up.
 * @param {string} text
 */
export function isReference(text) {
  if (text.startsWith("GFA:")) return true; // a vendor's or performer's pass
  return /^[a-z0-9]{12}$/.test(text.replace(/[\s-]/g, "").toLowerCase());
}

/** @type {Map<string, Promise<CryptoKey | null>>} */
const imported = new Map();

/** @param {string} publicKey 32 raw bytes as base64 */
function importKey(publicKey) {
  const raw = Uint8Array.from(atob(publicKey), (character) => character.charCodeAt(0));
  const key = imported.get(publicKey) ?? crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]).catch(() => null);
  imported.set(publicKey, key);
  return { key, raw };
}

/**
 * Whether `publicKey` signed the ticket: by the browser's own Ed25519, or by noble's where it has none.
 * @param {Ticket} ticket
 * @param {string | undefined} publicKey
 */
export async function isSigned(ticket, publicKey) {
  if (!publicKey) return false;
  const { key, raw } = importKey(publicKey);
  const own = await key;
  if (own) return crypto.subtle.verify("Ed25519", own, ticket.signature, ticket.signed);
  const { verifyAsync } = await import("@noble/ed25519");
  return verifyAsync(ticket.signature, ticket.signed, raw).catch(() => false);
}
