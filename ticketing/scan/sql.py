"""The statements of a group of scans: written out because the ORM's own cost five times the processor time."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Sequence
from typing import Any

from festival.database import connection, fetch_rows, on_postgres, placeholders
from festival.kit.clock import now
from festival.settings import settings

# The place of an act's offer is its stage's venue where that has its own, such as the museum's.
_TICKETS = """
SELECT t.id, t.claim_id, t.token, t.ended_at, c.blocked_at, c.state, c.cancelled_at, c.party, c.people_in,
       c.people_seen, c.first_in_at, c.first_in_gate, o.id AS offer_id, o.occurrence_id, o.valid_from, o.valid_until,
       COALESCE(s.venue_id, oc.venue_id, p.venue_id) AS venue_id
FROM ticket t JOIN claim c ON c.id = t.claim_id JOIN offer o ON o.id = c.offer_id
JOIN occurrence oc ON oc.id = o.occurrence_id JOIN program p ON p.id = oc.program_id
LEFT JOIN schedule_plan sp ON o.act_id IS NOT NULL AND sp.festival_id = p.festival_id AND sp.state = 'published'
LEFT JOIN performance pf ON pf.plan_id = sp.id AND pf.act_id = o.act_id
LEFT JOIN stage s ON s.id = pf.stage_id
WHERE t.id """

_MOVES = """
SELECT s.scan_id, s.claim_id, s.trusted_at, s.direction, s.people, s.counted, s.conflict, s.left_zone_id, s.left_people,
       g.name AS gate, CASE WHEN EXISTS (SELECT 1 FROM zone n JOIN zone z ON n.venue_id = z.venue_id
       WHERE z.id = s.zone_id AND n.id <> z.id) THEN s.zone_id ELSE 0 END AS zone_id
FROM scan s JOIN gate g ON g.id = s.gate_id WHERE s.let_pass AND s.claim_id """

_ANSWERS = "SELECT scan_id, code, direction, people, answer FROM scan WHERE scan_id "

SCAN_COLUMNS = (
    "scan_id", "device_id", "gate_id", "zone_id", "ticket_id", "claim_id", "occurrence_id", "fingerprint",
    "direction", "people", "scanned_at", "trusted_at", "received_at", "outcome", "code", "answer", "let_pass",
    "counted", "conflict", "left_zone_id", "left_people",
)  # fmt: skip
_SCAN_TYPES = (
    "varchar", "bigint", "bigint", "bigint", "bigint", "bigint", "bigint", "varchar", "varchar", "int", "timestamptz",
    "timestamptz", "timestamptz", "varchar", "varchar", "text", "boolean", "int", "varchar", "bigint", "int",
)  # fmt: skip
_STANDING_TYPES = ("bigint", "int", "int", "timestamptz", "varchar")
_STANDING_ARRAYS = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(_STANDING_TYPES, len(_SCAN_TYPES) + 1))
_MOVE_CLAIMS = (
    "UPDATE claim SET people_in = v.people_in, people_seen = v.people_seen, first_in_at = v.first_in_at, "
    f"first_in_gate = v.first_in_gate FROM unnest({_STANDING_ARRAYS}) "
    "AS v (id, people_in, people_seen, first_in_at, first_in_gate) WHERE claim.id = v.id"
)


async def _select(head: str, keys: Collection[Any], kind: str, tail: str = "") -> list[dict[str, Any]]:
    wanted = sorted(keys)
    if not wanted:
        return []
    if on_postgres():
        return await fetch_rows(f"{head}= ANY($1::{kind}[]){tail}", [wanted])
    return await fetch_rows(f"{head}IN ({placeholders(1, len(wanted))})", wanted)


async def lock_tickets(ticket_ids: Collection[int]) -> list[dict[str, Any]]:
    """The tickets with their claims and offers; the claims stay locked, in id order, until the commit."""
    return await _select(_TICKETS, ticket_ids, "bigint", " ORDER BY c.id FOR NO KEY UPDATE OF c")


async def list_typed(references: Collection[str]) -> dict[str, int]:
    """The live ticket of each claim with one of these references."""
    head = "SELECT c.reference, t.id FROM claim c JOIN ticket t ON t.claim_id = c.id WHERE t.ended_at IS NULL AND "
    return {row["reference"]: row["id"] for row in await _select(f"{head}c.reference ", references, "varchar")}


async def list_answers(scan_ids: Collection[str]) -> list[dict[str, Any]]:
    """What was answered to these scans before."""
    return await _select(_ANSWERS, scan_ids, "varchar")


async def list_moves(claim_ids: Collection[int]) -> list[dict[str, Any]]:
    """Every scan of these claims on which people went in or out."""
    return await _select(_MOVES, claim_ids, "bigint")


async def write_group(
    scans: Sequence[Sequence[Any]], standings: Sequence[tuple[int, int, int, dt.datetime | None, str]]
) -> None:  # fmt: skip
    """Insert scans, each in the order of SCAN_COLUMNS, and set what their claims have come to: rows of (claim id,
    people in, people seen, first in at, at which gate). One statement on PostgreSQL: a way there and back less.
    """
    names = ", ".join(SCAN_COLUMNS)
    if on_postgres():
        arrays = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(_SCAN_TYPES, 1))
        chosen = names.replace("answer", "answer::jsonb")
        insert = f"INSERT INTO scan ({names}) SELECT {chosen} FROM unnest({arrays}) AS v ({names})"
        columns = [list(column) for column in zip(*scans, strict=True)]
        if standings:
            insert = f"WITH moved AS ({_MOVE_CLAIMS}) {insert}"
            columns += [list(column) for column in zip(*standings, strict=True)]
        await fetch_rows(insert, columns)
        return
    if standings:
        await connection().execute_many(
            "UPDATE claim SET people_in = ?, people_seen = ?, first_in_at = ?, first_in_gate = ? WHERE id = ?",
            [[_plain(value) for value in (*row[1:], row[0])] for row in standings],
        )
    await connection().execute_many(
        f"INSERT INTO scan ({names}) VALUES ({placeholders(1, len(SCAN_COLUMNS))})",
        [[_plain(value) for value in row] for row in scans],
    )


async def write_verdicts(rows: Sequence[tuple[str, int, str, int | None, int]]) -> None:
    """Set what earlier scans count for now: rows of (scan_id, counted, conflict, zone left, people who left it)."""
    mark = "$" if on_postgres() else "?"
    await connection().execute_many(
        f"UPDATE scan SET counted = {mark}2, conflict = {mark}3, left_zone_id = {mark}4, left_people = {mark}5 "
        f"WHERE scan_id = {mark}1",
        [list(row) for row in rows],
    )


async def lock_zones(zone_ids: Collection[int]) -> None:
    """Let no other group count these zones until the commit. SQLite's transaction is alone anyway."""
    if on_postgres():
        await _select("SELECT id FROM zone WHERE id ", zone_ids, "bigint", " ORDER BY id FOR NO KEY UPDATE")


def day_start(moment: dt.datetime) -> dt.datetime:
    """The city's midnight before `moment`: zones are counted from nothing every day."""
    local = moment.astimezone(settings().zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(dt.UTC)


async def count_inside_today(zone_ids: Collection[int]) -> dict[int, int]:
    """How many people are in each zone: in less out since midnight, walk-ups too, never below zero."""
    since = day_start(now())
    since_value = since if on_postgres() else _plain(since)
    found: dict[int, int] = {}
    mark = "$" if on_postgres() else "?"
    for zone_id in sorted(zone_ids):
        rows = await fetch_rows(
            f"SELECT (SELECT COALESCE(SUM(CASE direction WHEN 'in' THEN counted ELSE -counted END), 0) FROM scan "
            f"WHERE zone_id = {mark}1 AND trusted_at >= {mark}2) + (SELECT COALESCE(SUM(delta), 0) FROM walk_up "
            f"WHERE zone_id = {mark}1 AND at >= {mark}2) - (SELECT COALESCE(SUM(left_people), 0) FROM scan "
            f"WHERE left_zone_id = {mark}1 AND trusted_at >= {mark}2) AS inside",
            [zone_id, since_value],
        )
        found[zone_id] = max(0, int(rows[0]["inside"]))
    return found


def _plain(value: Any) -> Any:
    """A value as SQLite keeps it: moments as the ORM writes them."""
    return str(value.astimezone(dt.UTC)) if isinstance(value, dt.datetime) else value


def pack_json(value: Any) -> str:
    """JSON text for the column `answer`."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
