"""Public pages are rendered once and given to many, with true validators, and never to the wrong person."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
from typing import Any

import httpx2
import pytest

from events.models import Program
from festival.app import build_app
from festival.kit.clock import frozen_at
from festival.kit.web.page_lane import OLDEST
from festival.organisation.models import Organisation
from festival.seeding.actions import DEMO_PROGRAMME, seed_programme
from festival.settings import Settings
from tests.events.conftest import CountQueries, count_queries  # noqa: F401 - a fixture
from ticketing.models import Offer

JANUARY = dt.datetime(2027, 1, 2, 18, tzinfo=dt.UTC)
SALSA = "/events/salsa-for-beginners"


@pytest.fixture
async def city(database: Settings) -> None:
    """The demo year."""
    await seed_programme(DEMO_PROGRAMME.read_text(encoding="utf-8"))


@pytest.mark.usefixtures("city")
async def test_a_page_is_given_again_until_it_changes(client: httpx2.AsyncClient, count_queries: CountQueries) -> None:  # noqa: F811
    first = await client.get(SALSA)
    with count_queries() as queries:
        second = await client.get(SALSA)
    assert len(queries) == 1  # the stamp
    assert second.text == first.text
    unchanged = await client.get(SALSA, headers={"If-None-Match": first.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    await Program.filter(slug="salsa-for-beginners").update(title="Salsa for everybody", revision=2)
    changed = await client.get(SALSA, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert "Salsa for everybody" in changed.text
    await Organisation.filter(id=1).update(name="The Office", updated_at=JANUARY)
    assert changed.headers["etag"] != first.headers["etag"]


@pytest.mark.usefixtures("city")
async def test_places_taken_are_seen_at_once(client: httpx2.AsyncClient) -> None:
    with frozen_at(JANUARY):
        path = "/events/legacy-of-dr-king-community-panel"
        before = (await client.get(path)).text
        assert "80 places left" in before
        await Offer.filter(occurrence__program__slug="legacy-of-dr-king-community-panel").update(claimed=3)
        assert "77 places left" in (await client.get(path)).text


@pytest.mark.usefixtures("city")
async def test_time_alone_makes_a_page_old(client: httpx2.AsyncClient, count_queries: CountQueries) -> None:  # noqa: F811
    with frozen_at(JANUARY):
        await client.get("/")
    with frozen_at(JANUARY + dt.timedelta(seconds=OLDEST - 1)), count_queries() as few:
        await client.get("/")
    with frozen_at(JANUARY + dt.timedelta(seconds=OLDEST + 1)), count_queries() as many:
        await client.get("/")
    assert len(few) == 1
    assert len(many) > 3


@pytest.mark.usefixtures("city")
async def test_each_language_and_encoding_has_its_own(client: httpx2.AsyncClient) -> None:
    english = await client.get(SALSA, headers={"Accept-Language": "en", "Accept-Encoding": "gzip"})
    spanish = await client.get(SALSA, headers={"Accept-Language": "es-MX", "Accept-Encoding": "identity"})
    named = await client.get(f"/es{SALSA}", headers={"Accept-Language": "ru"})
    assert english.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in spanish.headers
    assert 'lang="en"' in english.text
    assert 'lang="es"' in spanish.text
    assert 'lang="es"' in named.text
    assert "Accept-Language" in spanish.headers["vary"]
    # What is not translated falls back to the reader's next best language, so a named one varies as well.
    assert "Accept-Language" in named.headers["vary"]
    assert len({english.headers["etag"], spanish.headers["etag"], named.headers["etag"]}) == 3
    raw = await client.send(client.build_request("GET", SALSA, headers={"Accept-Encoding": "gzip"}), stream=True)
    compressed = b"".join([part async for part in raw.aiter_raw()])
    assert gzip.decompress(compressed).startswith(b"<!doctype html>")
    head = await client.head(SALSA)
    assert head.content == b""
    assert int(head.headers["content-length"]) > 500


@pytest.mark.usefixtures("city")
async def test_nobody_gets_the_page_of_somebody(client: httpx2.AsyncClient, sign_in: Any) -> None:
    plain = (await client.get(SALSA)).text
    await sign_in("organizer")
    mine = await client.get(SALSA)
    assert "/organize" in mine.text
    assert "/organize" not in plain
    assert "etag" not in mine.headers
    client.cookies.clear()
    assert (await client.get(SALSA)).text == plain


@pytest.mark.usefixtures("city")
async def test_refusals_are_not_kept(client: httpx2.AsyncClient) -> None:
    gone = await client.get("/events/no-such-thing")
    assert gone.status_code == 404
    assert "etag" not in gone.headers
    assert gone.headers["x-content-type-options"] == (await client.get(SALSA)).headers["x-content-type-options"]


@pytest.mark.usefixtures("city")
async def test_a_crowd_at_a_new_page_renders_it_once(database: Settings, count_queries: CountQueries) -> None:  # noqa: F811
    transport = httpx2.ASGITransport(app=build_app(check_pages_every=60))
    async with httpx2.AsyncClient(transport=transport, base_url=database.base_url) as crowd:
        with count_queries() as queries:
            answers = await asyncio.gather(*(crowd.get(SALSA) for _ in range(25)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(queries) < 15


@pytest.mark.usefixtures("city")
async def test_a_file_under_a_page_s_address_keeps_its_own_bytes(client: httpx2.AsyncClient) -> None:
    for _ in range(2):
        file = await client.get(f"{SALSA}.ics", headers={"Accept-Encoding": "gzip"})
        assert file.text.startswith("BEGIN:VCALENDAR")
        assert file.headers["content-type"].startswith("text/calendar")
