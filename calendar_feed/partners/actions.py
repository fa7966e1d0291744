"""Writes: keep what a partner's calendar says now, review it, and the sources themselves."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calendar_feed.feed.rules import window
from calendar_feed.models import PartnerItem, PartnerSource, PartnerTime
from calendar_feed.partners.fetching import Fetched, FetchRefused, fetch
from calendar_feed.partners.queries import get_source, list_due, list_known, list_our_uids, list_places
from calendar_feed.partners.rules import Known, Place, find_area, find_double, find_venue, is_ours, next_wait
from calendar_feed.reading.events import ReadEvent, Reading, read_calendar
from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.i18n import put
from festival.kit.web.access import Principal
from festival.kit.words import N_, Message, say
from festival.organisation.actions import record_audit
from festival.settings import settings

JOB = "fetch_partner"
_NOT_A_CALENDAR = N_("What came back is not a calendar.")
_MOST_FINDINGS = 100


@dataclass
class Taken:
    """What a reading changed."""

    new: int = 0
    changed: int = 0
    withdrawn: int = 0
    doubles: int = 0
    same: int = 0


async def read_for_us(raw: bytes) -> Reading:
    """`raw` in the window that our feeds have, read in a thread: a large calendar stops nobody."""
    first, last = window(now().astimezone(settings().zone).date())
    return await asyncio.to_thread(read_calendar, raw, settings().zone, first, last)


# ---------------------------------------------------------------- fetching


async def fetch_source(source_id: int) -> None:
    """Fetch a source that is due, keep what it says, and arrange the next time. Any failure is kept for staff."""
    source = await PartnerSource.get_or_none(id=source_id)
    at = now()
    if source is None or not source.url or source.state != "active":
        return
    if source.next_at and source.next_at > at:
        return
    # A rule without an end gives more dates as time goes by, so a calendar is read whole once a month at least.
    known = bool(source.succeeded_at and source.succeeded_at.month == at.month)
    try:
        fetched = await fetch(str(source.url), *(known * str(text) for text in (source.etag, source.last_modified)))
        reading = await _read(source, fetched)
    except FetchRefused as refusal:
        await _keep_failure(source, str(refusal.args[0]), at)
        return
    async with transaction():
        if reading:
            await keep_reading(source, reading)
            await PartnerSource.filter(id=source.id).update(findings=findings_of(reading))
        await PartnerSource.filter(id=source.id).update(
            etag=fetched.etag or source.etag, last_modified=fetched.last_modified or source.last_modified,
            content_digest=_digest(fetched.body) or source.content_digest,
            checked_at=at, succeeded_at=at, failures=0, error="",
        )  # fmt: skip
        await _arrange(source, at + next_wait(dt.timedelta(minutes=int(source.every_minutes)), 0))


async def _read(source: PartnerSource, fetched: Fetched) -> Reading | None:
    """What came back; None where it is what was read last time. Raises FetchRefused where it is no calendar."""
    if fetched.body is None or _digest(fetched.body) == source.content_digest:
        # The window moved on all the same: items are shown by their own dates.
        return None
    reading = await read_for_us(fetched.body)
    if not reading.is_calendar:
        raise FetchRefused(_NOT_A_CALENDAR)
    return reading


def _digest(body: bytes | None) -> str:
    if body is None:
        return ""
    return hashlib.sha256(f"{now():%Y-%m}".encode() + body).hexdigest()


async def _keep_failure(source: PartnerSource, error: str, at: dt.datetime) -> None:
    failures = int(source.failures) + 1
    wait = next_wait(dt.timedelta(minutes=int(source.every_minutes)), failures)
    async with transaction():
        await PartnerSource.filter(id=source.id).update(checked_at=at, failures=failures, error=error[:300])
        await _arrange(source, at + wait)


async def _arrange(source: PartnerSource, at: dt.datetime) -> None:
    await PartnerSource.filter(id=source.id).update(next_at=at)
    if at <= now():
        await enqueue_fetch(source.id, at)


async def enqueue_fetch(source_id: int, at: dt.datetime) -> None:
    """Have a source fetched by the worker; once for each moment at which it was due."""
    await enqueue(JOB, f"{JOB}:{source_id}:{at.isoformat()}", {"source": source_id})


async def enqueue_due() -> None:
    """Have every source fetched that is due."""
    for source_id in await list_due(now()):
        source = await get_source(source_id)
        await enqueue_fetch(source_id, source.next_at or now())


async def fetch_now(source: PartnerSource) -> None:
    """Have a source fetched without waiting for its time."""
    async with transaction():
        await PartnerSource.filter(id=source.id).update(etag="", last_modified="", content_digest="")
        await _arrange(source, now())


# ---------------------------------------------------------------- keeping


async def keep_file(source: PartnerSource, raw: bytes, who: Principal) -> tuple[Reading, Taken]:
    """Take a file by hand into a source, as if it had been fetched. Nothing is kept of what is no calendar."""
    reading = await read_for_us(raw)
    if not reading.is_calendar:
        return reading, Taken()
    async with transaction():
        taken = await keep_reading(source, reading)
        await PartnerSource.filter(id=source.id).update(
            findings=findings_of(reading), succeeded_at=now(), checked_at=now(), failures=0, error=""
        )
        after = {"new": taken.new, "changed": taken.changed, "withdrawn": taken.withdrawn}
        await record_audit(who, "partner.file", ("partner_source", source.id), after=after)
    return reading, taken


def findings_of(reading: Reading) -> list[dict[str, Any]]:
    """The findings as they are kept with the source."""
    return [
        {
            "line": finding.line, "text": finding.words.text, "wrong": finding.wrong, "excerpt": finding.excerpt,
            "params": {name: str(value) for name, value in finding.words.params.items()},
        }
        for finding in reading.findings[:_MOST_FINDINGS]
    ]  # fmt: skip


async def keep_reading(source: PartnerSource, reading: Reading) -> Taken:
    """Bring the source's items to what `reading` says: new, changed, withdrawn, and come back."""
    at, taken = now(), Taken()
    places, uids = await list_places(), await list_our_uids()
    known = await list_known(source, at - dt.timedelta(days=1))
    kept = {str(item.uid): item for item in await PartnerItem.filter(source_id=source.id)}
    for event in reading.events:
        await _keep_event(source, event, kept.get(event.uid), _Beside(places, uids, known), taken)
    here = {event.uid for event in reading.events}
    gone = [item.id for uid, item in kept.items() if uid not in here and item.state != "withdrawn"]
    # What is merely over is not withdrawn.
    coming = set(await PartnerTime.filter(item_id__in=gone, ends_at__gte=at).values_list("item_id", flat=True))
    for item_id in coming:
        await _change(int(item_id), {"state": "withdrawn"})  # pyright: ignore[reportArgumentType]
        taken.withdrawn += 1
    return taken


@dataclass(frozen=True)
class _Beside:
    places: list[Place]
    our_uids: frozenset[str]
    known: Mapping[tuple[str, dt.datetime], list[Known]]


async def _keep_event(
    source: PartnerSource, event: ReadEvent, item: PartnerItem | None, beside: _Beside, taken: Taken
) -> None:
    facts = _facts(source, event, beside)
    digest = hashlib.sha256(repr((facts, event.fingerprint)).encode()).hexdigest()
    if item and item.digest == digest and item.state != "withdrawn":
        taken.same += 1
        # The window moved on: further dates of the same rule are no change of the item.
        await _add_times(item.id, event)
        return
    why = _double(event, facts["venue_id"], beside)
    state = _state_of(source, item, why)
    taken.doubles += state == "double"
    facts |= {"digest": digest, "state": state, "double_of": why, "seen_at": now()}
    if item:
        taken.changed += 1
        await _change(item.id, facts)
        await PartnerTime.filter(item_id=item.id).delete()
        item_id = item.id
    else:
        taken.new += 1
        facts |= {"source_id": source.id, "uid": event.uid, "changed_at": now()}
        item_id = (await PartnerItem.create(**facts)).id
    await _add_times(item_id, event)


async def _add_times(item_id: int, event: ReadEvent) -> None:
    """The event's times; those that are there already stay as they are."""
    await PartnerTime.bulk_create(
        [
            PartnerTime(
                item_id=item_id, original_local=time.original, starts_at=time.starts_at, ends_at=time.ends_at,
                starts_on=time.starts_on, ends_on=time.ends_on, all_day=time.all_day, cancelled=time.cancelled,
            )
            for time in event.times
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _facts(source: PartnerSource, event: ReadEvent, beside: _Beside) -> dict[str, Any]:
    venue_id = find_venue(event.place, beside.places) or (source.venue_id if not event.place else None)
    return {
        "title": event.title, "description": event.description, "url": event.url, "place": event.place,
        "venue_id": venue_id, "area": find_area(event.title, event.categories, str(source.area)),
        "language": event.language or str(source.language),
    }  # fmt: skip


def _double(event: ReadEvent, venue_id: int | None, beside: _Beside) -> str:
    """Why the event is a double, in English as staff may read it translated later; "" where it is none."""
    if is_ours(event.uid, event.url, beside.our_uids, settings().base_url):
        return put(say(N_("It is one of our own items that comes back.")))
    found = find_double(event.title, (time.starts_at for time in event.times), (venue_id, event.place), beside.known)
    return put(found)[:300] if found else ""


def _state_of(source: PartnerSource, item: PartnerItem | None, why: str) -> str:
    """An item that the office decided on keeps its state through changes; one that comes back is judged anew."""
    if item and item.state in {"shown", "hidden"}:
        return str(item.state)
    if why:
        return "double"
    return "shown" if source.trust == "trusted" else "waiting"


async def _change(item_id: int, facts: Mapping[str, Any]) -> None:
    item = await PartnerItem.get(id=item_id)
    await PartnerItem.filter(id=item_id).update(**facts, revision=int(item.revision) + 1, changed_at=now())


# ---------------------------------------------------------------- what staff do


async def save_source(facts: Mapping[str, Any], source: PartnerSource | None, who: Principal) -> PartnerSource:
    """Make or change a source to `facts` (its columns), and fetch it soon."""
    async with transaction():
        if source is None:
            made: dict[str, Any] = {**facts, "created_at": now(), "changed_at": now()}
            source = await PartnerSource.create(**made)
            await record_audit(who, "partner.make", ("partner_source", source.id), after=facts)
        else:
            before = {name: getattr(source, name) for name in facts}
            anew = {"etag": "", "last_modified": "", "content_digest": ""}
            await PartnerSource.filter(id=source.id).update(
                **facts, **anew, revision=int(source.revision) + 1, changed_at=now()
            )
            await record_audit(who, "partner.change", ("partner_source", source.id), before=before, after=facts)
        if facts["url"]:
            await _arrange(source, now())
    return await get_source(source.id)


async def switch_source(source: PartnerSource, who: Principal) -> None:
    """Pause a source, which takes its items off every page, or bring it back."""
    state = "active" if source.state == "paused" else "paused"
    async with transaction():
        await PartnerSource.filter(id=source.id).update(
            state=state, revision=int(source.revision) + 1, changed_at=now()
        )
        await record_audit(who, f"partner.{state}", ("partner_source", source.id))
        if state == "active" and source.url:
            await _arrange(source, now())


async def decide_items(source: PartnerSource, ids: list[int], verdict: str, who: Principal) -> int:
    """Show or hide items of this source; each may be decided the other way at any time. Returns how many changed."""
    if verdict not in {"shown", "hidden"}:
        raise NotFound
    async with transaction():
        items = await PartnerItem.filter(source_id=source.id, id__in=ids).exclude(state__in=("withdrawn", verdict))
        for item in items:
            await _change(item.id, {"state": verdict})
        after = {"items": [item.id for item in items]}
        await record_audit(who, f"partner.{verdict}", ("partner_source", source.id), after=after)
    return len(items)


def said(finding: Mapping[str, Any]) -> Message:
    """A kept finding as words again."""
    return say(str(finding["text"]), **dict(finding["params"]))
