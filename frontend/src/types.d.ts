/** What the scanner's modules hand to each other. */

export type Direction = "in" | "out";

export type Code =
  | "" | "unknown" | "wrong_event" | "not_yet_valid" | "expired" | "cancelled" | "rotated" | "already_in" | "party_full"
  | "not_inside" | "zone_full" | "gate_not_allowed" | "device_revoked" | "bad_signature"
  /** Ours alone: a short code or a name, and no network. */
  | "needs_network"
  /** A vendor's or performer's pass, papers not in order. */
  | "not_ready";

/** GET /api/v1/gate/snapshot. */
export interface Snapshot {
  server_time: string;
  gate: { id: string | number; name: string; zone: string; directions: "in" | "out" | "both" };
  /** How full the area is: 0, 80, 90 or 100 percent of what it may hold. */
  zone_level: number;
  keys: Record<string, string>;
  offers: { id: string | number; name: string; valid_from: string; valid_until: string; allowed: boolean }[];
  ended: [ticket: string, why: string][];
  /** The party as it is now, where its claim changed since the ticket was signed. */
  parties: [ticket: string, party: number][];
  admitted: [ticket: string, peopleIn: number, party: number, firstInAt: string | null, gate: string][];
}

/** What is known of one party. */
export interface Known {
  ticket: string;
  people_in: number;
  party: number;
  first_in_at: string | null;
  gate: string;
  /** When this phone learnt it, in milliseconds of its own clock. */
  at: number;
}

/** A party that a search found. Shown, never kept. */
export interface Party {
  reference: string;
  name: string;
  party: number;
  people_in: number;
}

/** A scan as it is kept and uploaded. */
export interface Scan {
  scan_id: string;
  token: string;
  direction: Direction;
  people: number;
  scanned_at: string;
  /** What this phone showed, where it decided before the server did. */
  shown?: "admitted" | "refused";
}

export interface WalkUp {
  walkup_id: string;
  delta: 1 | -1;
  at: string;
}

/** One thing waiting for upload. */
export type Waiting = { id: string; kind: "scan"; body: Scan } | { id: string; kind: "walkup"; body: WalkUp };

/** The answer to a scan, the server's or our own. */
export interface Answer {
  scan_id: string;
  outcome: "admitted" | "refused";
  code: Code | null;
  message: string;
  people_in: number;
  party: number;
  first_in: { at: string; gate: string } | null;
  /** Of a pass that is no ticket. */
  name?: string;
  lines?: string[];
}

export interface Device {
  token: string;
  expires_at: string;
  directions: "in" | "out" | "both";
  /** 401 was answered: it admits nobody any more, and only keeps what it has. */
  revoked?: boolean;
}

export interface Ticket {
  key: number;
  ticket: string;
  offer: string;
  party: number;
  signed: Uint8Array<ArrayBuffer>;
  signature: Uint8Array<ArrayBuffer>;
}
