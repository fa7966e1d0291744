"""The public feeds over HTTP: what they carry, their validators, their filters, and how soon a change shows."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
from typing import Any
from xml.etree import ElementTree as Xml

import brotli
import httpx2
import pytest
import zstandard
from icalendar import Calendar

from calendar_feed.feed import shelf
from events.models import Occurrence, Program, Series
from festival.kit.clock import now

pytestmark = pytest.mark.usefixtures("year", "at_new_year")
PLAIN = {"accept-encoding": "identity"}


@pytest.fixture(autouse=True)
def always_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request may ask the database for changes, so that no test has to wait."""
    monkeypatch.setattr(shelf, "CHECK_EVERY", 0.0)


def titles(answer: httpx2.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(answer.content).walk("VEVENT")]


async def test_the_whole_year_is_there(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/calendar.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "stale-while-revalidate" in answer.headers["cache-control"]
    uids = {str(event["UID"]) for event in Calendar.from_ical(answer.content).walk("VEVENT")}
    assert len(uids) == 62
    assert "Parade of Nations" not in titles(answer)


FILTERS = [
    ("area=arts", "Salsa for beginners", "Global Fest"),
    ("area=arts&area=sports", "Pickleball open play", "Global Fest"),
    ("language=es&area=arts", "Painting in Spanish", "Open mic, last Friday"),
    ("language=es&area=arts&lang=es", "Pintura en español", "Painting in Spanish"),
    ("place=fox", "Family movie Saturday", "Global Fest"),
    ("festival=global-fest-2027", "Parade of Nations", "Open mic, last Friday"),
    ("stage=community", "Tiger Path Taekwondo demonstration", "Parade of Nations"),
    ("free=1&area=arts", "Hip-hop for teens", "Salsa for beginners"),
    ("q=FOLKLORICO+kids", "Folklórico for kids", "Global Fest"),
]
UNKNOWN = [
    ("area=culinary", "arts"),
    ("place=moon", "fox"),
    ("lang=xx", "zh-Hans"),
    ("free=maybe", "1"),
    ("areas=arts", "area"),
]


async def test_filters_combine(client: httpx2.AsyncClient) -> None:
    for query, there, absent in FILTERS:
        found = titles(await client.get(f"/calendar.ics?{query}"))
        assert there in found, query
        assert absent not in found, query


async def test_what_is_not_to_be_had_is_refused(client: httpx2.AsyncClient) -> None:
    for query, allowed in UNKNOWN:
        answer = await client.get(f"/calendar.ics?{query}")
        assert answer.status_code == 400, query
        assert answer.json()["code"] == "unknown_filter"
        assert allowed in answer.json()["allowed"]


async def test_the_order_of_filters_makes_no_other_feed(client: httpx2.AsyncClient) -> None:
    one = await client.get("/calendar.ics?area=arts&free=1&q=", headers=PLAIN)
    other = await client.get("/calendar.ics?free=yes&area=arts", headers=PLAIN)
    assert one.headers["etag"] == other.headers["etag"]
    assert one.content == other.content


async def test_each_encoding_has_its_own_validator(client: httpx2.AsyncClient) -> None:
    plain = await client.get("/calendar.ics", headers=PLAIN)
    etags = {plain.headers["etag"]}
    for encoding, decode in (
        ("gzip", gzip.decompress), ("br", brotli.decompress), ("zstd", zstandard.ZstdDecompressor().decompress)
    ):  # fmt: skip
        async with client.stream("GET", "/calendar.ics", headers={"accept-encoding": encoding}) as answer:
            raw = b"".join([part async for part in answer.aiter_raw()])
            assert answer.headers["content-encoding"] == encoding
            assert answer.headers["vary"] == "Accept-Encoding"
            assert decode(raw) == plain.content
            etags.add(answer.headers["etag"])
    assert len(etags) == 4


async def test_an_unchanged_feed_is_not_sent_again(client: httpx2.AsyncClient) -> None:
    await Program.all().update(changed_at=now() - dt.timedelta(days=9))
    first = await client.get("/calendar.ics")
    etag = first.headers["etag"]
    for asked in (etag, f'"other", W/{etag}', "*"):
        again = await client.get("/calendar.ics", headers={"if-none-match": asked})
        assert again.status_code == 304
        assert again.headers["etag"] == etag
        assert again.content == b""
    stale = {"if-none-match": '"other"', "if-modified-since": "Fri, 31 Dec 2100 00:00:00 GMT"}
    assert (await client.get("/calendar.ics", headers=stale)).status_code == 200


async def test_a_change_shows_and_rewrites_only_what_changed(client: httpx2.AsyncClient) -> None:
    before = await client.get("/calendar.ics")
    kept: Any = client._transport.app.middleware_stack  # type: ignore[attr-defined]
    while not hasattr(kept, "shelf"):
        kept = kept.app
    written = kept.shelf.written
    series = await Series.get(uid__startswith="salsa-for-beginners")
    one = await Occurrence.filter(series_id=series.id).order_by("starts_at").first()
    assert one
    await Occurrence.filter(id=one.id).update(
        state="cancelled", sequence=1, revision=2, changed_at=now() + dt.timedelta(hours=1)
    )
    after = await client.get("/calendar.ics")
    assert after.headers["etag"] != before.headers["etag"]
    assert "Cancelled: Salsa for beginners" in titles(after)
    assert kept.shelf.written == written + 1
    events = Calendar.from_ical(after.content).walk("VEVENT")
    master = next(e for e in events if str(e["UID"]) == series.uid and "RECURRENCE-ID" not in e)
    assert master["LAST-MODIFIED"].dt == now() + dt.timedelta(hours=1), "GNOME looks at the master alone"
    spanish = titles(await client.get("/calendar.ics?lang=es"))
    assert any(title.endswith("Salsa for beginners") for title in spanish)


async def test_drafts_stay_at_home(client: httpx2.AsyncClient) -> None:
    await Program.filter(title="KidSpree").update(state="draft", revision=2)
    assert "KidSpree" not in titles(await client.get("/calendar.ics"))
    assert (await client.get("/events/kidspree.ics")).status_code == 404


async def test_requests_in_between_ask_no_database(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shelf, "CHECK_EVERY", 60.0)
    first = await client.get("/calendar.ics")
    with caplog.at_level("DEBUG", logger="tortoise.db_client"):
        again = await client.get("/calendar.ics", headers={"if-none-match": first.headers["etag"]})
        head = await client.head("/calendar.ics")
    assert again.status_code == 304
    assert (head.status_code, head.content) == (200, b"")
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]
    assert not [record for record in caplog.records if record.name == "tortoise.db_client"]


async def test_the_same_times_as_json_rss_and_csv(client: httpx2.AsyncClient) -> None:
    await Program.filter(slug="salsa-for-beginners").update(title="=cmd()|Salsa <b>", revision=2)
    items = (await client.get("/calendar.json?area=arts")).json()["items"]
    rows = list(csv.DictReader(io.StringIO((await client.get("/calendar.csv?area=arts")).content.decode("utf-8-sig"))))
    rss = Xml.fromstring((await client.get("/calendar.rss?area=arts")).content)  # noqa: S314 - our own
    assert len(items) == len(rows) == len(rss.findall("channel/item")) > 100
    assert [item["starts_at"] for item in items] == [row["starts_at"] for row in rows]
    assert "=cmd()|Salsa <b>" in {item["title"] for item in items}
    assert "'=cmd()|Salsa <b>" in {row["title"] for row in rows}
    assert "=cmd()|Salsa <b>" in {item.findtext("title") for item in rss.findall("channel/item")}


async def test_one_event_is_a_file(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/events/salsa-for-beginners.ics")
    assert titles(answer) == ["Salsa for beginners"]
    assert 'filename="salsa-for-beginners.ics"' in answer.headers["content-disposition"]
    assert (await client.get("/events/no-such.ics")).status_code == 404


async def test_combinations_of_filters_are_bounded_in_memory(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/calendar.csv")).status_code == 200
    kept: Any = client._transport.app.middleware_stack  # type: ignore[attr-defined]
    while not hasattr(kept, "shelf"):
        kept = kept.app
    for number in range(700):
        assert (await client.get(f"/calendar.csv?q=nothing+{number}", headers=PLAIN)).status_code == 200
    feeds = kept.shelf._kept
    assert len(feeds.feeds) <= 512
    assert feeds.size <= 16 * 1024 * 1024
    assert len(feeds.names) <= 4 * 512
    again = await client.get("/calendar.csv?q=nothing+1", headers=PLAIN)
    assert again.status_code == 200


async def test_where_one_joins_online_is_a_conference(client: httpx2.AsyncClient) -> None:
    address = "https://meet.example/room?a=1,2;b"
    await Program.filter(slug="global-flavors-public-vote").update(online_url=address, changed_at=now())
    answer = await client.get("/calendar.ics", headers=PLAIN)
    [event] = [one for one in Calendar.from_ical(answer.content).walk("VEVENT") if "CONFERENCE" in one]
    assert str(event["CONFERENCE"]) == address
    assert event["CONFERENCE"].params["FEATURE"] == "VIDEO"
    assert "flavors" in str(event["SUMMARY"]).lower()


async def test_a_reminder_is_chosen_in_the_address_and_on_the_page(client: httpx2.AsyncClient) -> None:
    plain, reminded = await client.get("/calendar.ics"), await client.get("/calendar.ics?remind=60")
    assert b"VALARM" not in plain.content
    assert reminded.content.count(b"TRIGGER:-PT1H\r\n") > 50
    assert reminded.headers["etag"] != plain.headers["etag"]
    refused = await client.get("/calendar.ics?remind=7")
    assert refused.status_code == 400
    assert "1440" in refused.text
    page = await client.get("/calendar?remind=60")
    assert '<option value="60" selected' in page.text
    assert "calendar.ics?remind=60" in page.text
