"""Deltas: a copy that follows the tokens is the calendar, whatever happened in between."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import httpx2
import pytest

from calendar_feed.changes.actions import REMEMBERED, bring_up_to
from calendar_feed.feed import shelf
from calendar_feed.feed.queries import read_catalogue
from calendar_feed.models import SyncEntry, SyncState
from events.models import Occurrence, Program
from festival.kit.clock import frozen_at, now
from festival.organisation.actions import save_translation
from tests.calendar_feed.conftest import NEW_YEAR

pytestmark = pytest.mark.usefixtures("year", "at_new_year")


@pytest.fixture(autouse=True)
def always_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "CHECK_EVERY", 0.0)


async def ask(client: httpx2.AsyncClient, since: str = "", query: str = "") -> dict[str, Any]:
    answer = await client.get(f"/calendar/changes?since={since}{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def apply(copy: dict[str, str], answer: dict[str, Any]) -> dict[str, str]:
    kept = {} if answer["full"] else {uid: ical for uid, ical in copy.items() if uid not in answer["removed"]}
    return kept | {one["uid"]: one["ical"] for one in answer["changed"]}


async def test_a_copy_that_follows_is_the_calendar(client: httpx2.AsyncClient) -> None:
    first = await ask(client)
    assert first["full"]
    copy = apply({}, first)
    assert len(copy) == len((await read_catalogue(now())).entries) - 25 or len(copy) == 62
    assert (await ask(client, first["token"])) == {**first, "full": False, "changed": [], "removed": []}
    one = await Occurrence.filter(program__slug="salsa-for-beginners").order_by("starts_at").first()
    assert one
    at = now() + dt.timedelta(hours=1)
    await Occurrence.filter(id=one.id).update(state="cancelled", sequence=1, revision=2, changed_at=at)
    await Program.filter(slug="kidspree").update(state="draft", revision=2)
    second = await ask(client, first["token"])
    assert [item["times"][0]["title"] for item in second["changed"]] == ["Cancelled: Salsa for beginners"]
    assert len(second["removed"]) == 1
    copy = apply(copy, second)
    assert copy == apply({}, await ask(client))
    program = await Program.get(slug="salsa-for-beginners")
    await save_translation(("program", program.id), "title", "fr", "Salsa pour tous", program.title)
    third = await ask(client, second["token"], "&lang=fr")
    assert [item["times"][-1]["title"] for item in third["changed"]] == ["Salsa pour tous"]
    await Program.filter(slug="kidspree").update(state="published", revision=3)
    copy = apply(copy, await ask(client, second["token"]))
    assert copy == apply({}, await ask(client))


async def test_what_no_longer_fits_the_filters_is_removed(client: httpx2.AsyncClient) -> None:
    first = await ask(client, query="&area=arts")
    copy = apply({}, first)
    await Program.filter(slug="salsa-for-beginners").update(area="sports", revision=2)
    second = await ask(client, first["token"], "&area=arts")
    assert second["changed"] == []
    assert apply(copy, second) == apply({}, await ask(client, query="&area=arts"))
    assert len(apply(copy, second)) == len(copy) - 1


async def test_tokens_that_cannot_be_followed_are_answered_with_everything(client: httpx2.AsyncClient) -> None:
    first = await ask(client)
    for odd in ("", "c999999", "c-1", "nonsense", "c1' OR 1=1", "c" + "9" * 30):
        assert (await ask(client, odd))["full"], odd
    assert (await client.get("/calendar/changes?since=c1&area=nothing")).status_code == 400
    await Program.filter(slug="kidspree").update(state="draft", revision=2)
    second = await ask(client, first["token"])
    assert second["removed"]
    with frozen_at(NEW_YEAR + REMEMBERED + dt.timedelta(days=1)):
        await Program.filter(slug="salsa-for-beginners").update(revision=2)
        third = await ask(client, first["token"])
        assert third["full"], "what left since that token was forgotten"
        assert not (await ask(client, second["token"]))["full"]
    assert await SyncEntry.filter(gone_at__lt=NEW_YEAR + dt.timedelta(days=1)).count() == 0


async def test_many_who_notice_at_once_number_a_change_once(client: httpx2.AsyncClient) -> None:
    await ask(client)
    await Program.filter(slug="salsa-for-beginners").update(title="Salsa", revision=2)
    catalogue = await read_catalogue(now())
    states = await asyncio.gather(*(bring_up_to(catalogue) for _ in range(12)))
    assert {state.sequence for state in states} == {2}
    assert (await SyncState.get(id=1)).sequence == 2
    assert await SyncEntry.filter(sequence=2).count() == 1
