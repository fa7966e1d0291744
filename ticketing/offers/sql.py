"""Raw SQL over offers: the hot claim path locks rows and guards counters, which the ORM cannot say in one statement."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from festival.database import fetch_rows, on_postgres
from ticketing.offers.rules import OfferFacts

_FACTS = (
    "SELECT o.id, o.occurrence_id, p.id AS program_id, o.act_id, o.quota_id, o.name, o.capacity, o.held, o.claimed, "
    "o.party_most, o.waitlist, o.opens_at, o.closes_at, o.valid_from, o.valid_until, o.state, "
    "o.door, o.release_minutes, o.released_at, o.person_most, o.household_most, o.code_digest, "
    "o.asks IS NOT NULL AS asks_more, o.confirm, o.slot, "
    "c.state AS occurrence_state, p.state AS program_state, p.publish_at AS published_at "
    "FROM offer o JOIN occurrence c ON c.id = o.occurrence_id JOIN program p ON p.id = c.program_id WHERE "
)
_MOMENTS = ("opens_at", "closes_at", "valid_from", "valid_until", "published_at", "released_at")
_YES_OR_NO = ("waitlist", "asks_more", "confirm", "slot")


def moment(value: Any) -> dt.datetime | None:
    """A moment as either engine gives it back from raw SQL."""
    return dt.datetime.fromisoformat(value) if isinstance(value, str) else value


def _chosen(column: str) -> str:
    if on_postgres():
        return f"{column} IN (SELECT CAST(value AS bigint) FROM jsonb_array_elements_text($1::jsonb))"
    return f"{column} IN (SELECT value FROM json_each(?1))"


async def list_offer_facts(ids: Iterable[int], *, by: str = "o.id", lock: bool = False) -> list[OfferFacts]:
    """The offers with these ids (or `by` another column) in the order of id, which is the order of locking."""
    locking = " FOR UPDATE OF o" if lock and on_postgres() else ""
    query = f"{_FACTS}{_chosen(by)} ORDER BY o.id{locking}"
    rows = await fetch_rows(query, [json.dumps(sorted(set(ids)))])
    offers = [_facts(row) for row in rows]
    quotas = {offer.quota_id for offer in offers if offer.quota_id is not None}
    if not quotas:
        return offers
    left = await _list_quota_left(quotas, lock=lock)
    return [replace(o, quota_left=left[o.quota_id]) if o.quota_id is not None else o for o in offers]


def _facts(row: Mapping[str, Any]) -> OfferFacts:
    moments: dict[str, Any] = {name: moment(row[name]) for name in _MOMENTS}
    values: dict[str, Any] = {**row, **moments, **{name: bool(row[name]) for name in _YES_OR_NO}}
    return OfferFacts(**values)


async def lock_families(ids: Iterable[int]) -> list[OfferFacts]:
    """These offers and all that share a quota with them, under lock in the order of id."""
    found = await list_offer_facts(ids)
    quotas = {offer.quota_id for offer in found if offer.quota_id is not None}
    alone = {offer.id for offer in found if offer.quota_id is None}
    sharing = await list_offer_facts(quotas, by="o.quota_id") if quotas else []
    return await list_offer_facts({*alone, *(offer.id for offer in sharing)}, lock=True)


async def _list_quota_left(ids: Iterable[int], *, lock: bool) -> dict[int, int]:
    locking = " FOR UPDATE" if lock and on_postgres() else ""
    query = f"SELECT id, capacity - claimed AS places FROM quota WHERE {_chosen('id')} ORDER BY id{locking}"
    return {int(row["id"]): int(row["places"]) for row in await fetch_rows(query, [json.dumps(sorted(ids))])}


def _given() -> str:
    if on_postgres():
        return "(SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(id bigint, claimed int, held int)) AS g"
    fields = ("id", "claimed", "held")
    columns = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in fields)
    return f"(SELECT {columns} FROM json_each(?1)) AS g"


async def move_places(changes: Mapping[int, tuple[int, int]]) -> set[int]:
    """Add (claimed, held) to each offer where the capacity allows; returns the ids where it did."""
    query = (
        f"UPDATE offer SET claimed = offer.claimed + g.claimed, held = offer.held + g.held FROM {_given()} "
        "WHERE offer.id = g.id AND offer.claimed + g.claimed + offer.held + g.held <= offer.capacity "
        "AND offer.claimed + g.claimed >= 0 AND offer.held + g.held >= 0 RETURNING offer.id"
    )
    given = [{"id": id, "claimed": claimed, "held": held} for id, (claimed, held) in changes.items()]
    return {int(row["id"]) for row in await fetch_rows(query, [json.dumps(given)])}


async def move_quotas(changes: Mapping[int, int]) -> set[int]:
    """The same for places that offers share, held ones included; returns the ids where it did."""
    query = (
        f"UPDATE quota SET claimed = quota.claimed + g.claimed FROM {_given()} WHERE quota.id = g.id "
        "AND quota.claimed + g.claimed <= quota.capacity AND quota.claimed + g.claimed >= 0 RETURNING quota.id"
    )
    given = [{"id": id, "claimed": number, "held": 0} for id, number in changes.items()]
    return {int(row["id"]) for row in await fetch_rows(query, [json.dumps(given)])}
