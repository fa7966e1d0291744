"""Raw SQL of the hot path: a whole group's rows go in with one statement, an eighth of the ORM's cost each."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from festival.database import connection, fetch_rows, on_postgres
from ticketing.claim.rules import Taken

_COLUMNS = {
    "offer_id": "bigint", "reference": "text", "manage_digest": "text", "party": "int", "name": "text",
    "email": "text", "phone": "text", "language": "text", "facts": "jsonb", "person_digest": "text",
    "household_digest": "text", "source": "text", "idempotency_key": "text", "request_digest": "text",
    "created_at": "timestamptz",
}  # fmt: skip
_TICKET_COLUMNS = {"ticket_id": "bigint", "key_id": "smallint", "token": "text"}
_ALL = {**_COLUMNS, **_TICKET_COLUMNS}
_NAMES = ", ".join(_COLUMNS)

_CLAIM = (
    f"INSERT INTO claim ({_NAMES}, state, people_in, people_seen, first_in_gate, revision) "
    "SELECT {values}, 'live', 0, 0, '', 1 FROM {given}"
)
_TICKET = (
    "INSERT INTO ticket (id, claim_id, key_id, token, issued_at, ended_by) "
    "SELECT g.ticket_id, c.id, g.key_id, g.token, g.created_at, '' FROM {given} JOIN {claim} c "
    "ON c.reference = g.reference"
)
_RECORDS = ", ".join(f"{name} {kind}" for name, kind in _ALL.items())
# On PostgreSQL one statement: the tickets find their claims' new ids in what the first half returns.
_INSERT_POSTGRES = (
    f"WITH given AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS r({_RECORDS})), "
    f"made AS ({_CLAIM.format(values=_NAMES, given='given')} RETURNING id, reference) "
    f"{_TICKET.format(given='given g', claim='made')}"
)
_EXTRACTS = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in _ALL)
_GIVEN_SQLITE = f"(SELECT {_EXTRACTS} FROM json_each(?1)) AS g"
_INSERTS_SQLITE = (
    _CLAIM.format(values=_NAMES, given=_GIVEN_SQLITE),
    _TICKET.format(given=_GIVEN_SQLITE, claim="claim"),
)


@dataclass(frozen=True)
class NewClaim:
    """A claim and its first ticket, ready to be kept."""

    offer_id: int
    reference: str
    manage_digest: str
    party: int
    name: str
    email: str
    language: str
    source: str
    idempotency_key: str
    request_digest: str
    created_at: dt.datetime
    phone: str
    facts: dict[str, Any] | None
    person_digest: str
    household_digest: str
    ticket_id: int
    key_id: int
    token: str


async def insert_claims(claims: Sequence[NewClaim]) -> None:
    """Keep all of them, each with its ticket, inside the caller's transaction."""
    # The text of a moment is the ORM's own, which both engines take.
    given = json.dumps([{**vars(claim), "created_at": claim.created_at.isoformat(" ")} for claim in claims])
    if on_postgres():
        await connection().execute_query(_INSERT_POSTGRES, [given])
        return
    for statement in _INSERTS_SQLITE:
        await connection().execute_query(statement, [given])


async def count_by_fingerprint(marks: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The live places of each (offer, fingerprint), of a person or of a household."""
    given = json.dumps([{"offer_id": offer_id, "mark": mark} for offer_id, mark in set(marks)])
    if on_postgres():
        pairs = "jsonb_to_recordset($1::jsonb) AS g(offer_id bigint, mark text)"
    else:
        pairs = "(SELECT json_extract(value, '$.offer_id') AS offer_id, json_extract(value, '$.mark') AS mark "
        pairs += "FROM json_each(?1)) AS g"
    # Two index look-ups; an OR of both columns would read the table.
    parts = [
        f"SELECT g.offer_id, g.mark, sum(c.party) AS places FROM {pairs} JOIN claim c ON c.{column} = g.mark "
        "AND c.offer_id = g.offer_id AND c.state = 'live' GROUP BY g.offer_id, g.mark"
        for column in ("person_digest", "household_digest")
    ]
    rows = await fetch_rows(" UNION ALL ".join(parts), [given])
    return {(int(row["offer_id"]), str(row["mark"])): int(row["places"]) for row in rows}


async def find_kept(keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Taken]:
    """The first answers to those of the (offer, idempotency key) pairs that have one."""
    given = json.dumps([{"offer_id": offer_id, "key": key} for offer_id, key in set(keys)])
    if on_postgres():
        pairs = "jsonb_to_recordset($1::jsonb) AS g(offer_id bigint, key text)"
    else:
        pairs = "(SELECT json_extract(value, '$.offer_id') AS offer_id, json_extract(value, '$.key') AS key "
        pairs += "FROM json_each(?1)) AS g"
    rows = await fetch_rows(
        "SELECT c.offer_id, c.idempotency_key, c.request_digest, c.reference, t.token, t.issued_at "
        f"FROM {pairs} JOIN claim c ON c.offer_id = g.offer_id AND c.idempotency_key = g.key "
        "JOIN ticket t ON t.claim_id = c.id ORDER BY t.issued_at DESC",
        [given],
    )
    return {(int(row["offer_id"]), str(row["idempotency_key"])): _taken(row) for row in rows}


def _taken(row: dict[str, Any]) -> Taken:
    # The party of the answer is that of the request, which has the same digest.
    return Taken(str(row["reference"]), 0, str(row["token"]), str(row["request_digest"]))
