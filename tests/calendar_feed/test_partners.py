"""Partners' calendars: fetched from public addresses only, kept in step, never twice, shown with credit."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from calendar_feed.feed import shelf
from calendar_feed.models import PartnerItem, PartnerSource
from calendar_feed.partners.actions import enqueue_due, fetch_source, save_source
from calendar_feed.partners.fetching import FetchRefused, fetch, is_public, split_address
from calendar_feed.partners.rules import Place, find_area, find_venue, fold_text, next_wait
from events.models import Occurrence
from festival.jobs.models import Job
from festival.kit.clock import frozen_at, now
from festival.kit.web.access import NOBODY
from tests.calendar_feed.conftest import NEW_YEAR
from tests.calendar_feed.partner_site import PartnerSite, partner_site
from tests.calendar_feed.test_reading import HOSTILE, calendar, event

SOURCE = {
    "name": "Aurora Library", "home_url": "https://library.example/", "trust": "review", "area": "cultural",
    "language": "en", "venue_id": None, "every_minutes": 60,
}  # fmt: skip
PICNIC = event("picnic@library", "LOCATION:Aurora Fox Arts Center", "URL:https://library.example/picnic")
TALE = event("tale@library", "RRULE:FREQ=WEEKLY;COUNT=3", title="Story time", start="DTSTART:20270601T170000Z")


@pytest.fixture
async def site(with_settings: Any) -> AsyncIterator[PartnerSite]:
    """A partner's server whose address may be fetched."""
    async with partner_site() as found:
        with_settings(fetch_allow=frozenset({found.host}))
        yield found


async def a_source(site: PartnerSite, **more: Any) -> PartnerSource:
    return await save_source({**SOURCE, "url": site.url(), **more}, None, NOBODY)


async def fetch_again(source: PartnerSource) -> PartnerSource:
    await PartnerSource.filter(id=source.id).update(next_at=now())
    await fetch_source(source.id)
    return await PartnerSource.get(id=source.id)


async def states(source: PartnerSource) -> dict[str, str]:
    return {item.title: item.state for item in await PartnerItem.filter(source_id=source.id)}


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",  # noqa: S104
        "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "fe80::1%eth0", "nonsense",
    ],
)  # fmt: skip
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_public_addresses_are() -> None:
    assert is_public("93.184.215.14")
    assert is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")


@pytest.mark.parametrize(
    "address",
    [
        "ftp://x.example/a", "file:///etc/passwd", "https://", "https://user:pass@x.example/", "https://x.example:22/",
        "gopher://x", "https://x.example/a b", "javascript:alert(1)", "https://x.example:99999/", "//x.example/",
    ],
)  # fmt: skip
def test_odd_addresses_are_refused(settings: object, address: str) -> None:
    with pytest.raises(FetchRefused):
        split_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:80/", "http://localhost/", "http://[::1]/", "http://0x7f000001/", "http://2130706433/",
        "http://127.1/", "http://169.254.169.254/latest/meta-data/", "http://[::ffff:127.0.0.1]/",
    ],
)  # fmt: skip
async def test_nothing_inside_is_fetched(settings: object, address: str) -> None:
    with pytest.raises(FetchRefused):
        await fetch(address)


async def test_a_redirect_inwards_is_refused(site: PartnerSite) -> None:
    for target in ("http://127.0.0.1:1/", "http://169.254.169.254/", "file:///etc/passwd", "http://localhost/"):
        site.say(b"", status=302, Location=target)
        with pytest.raises(FetchRefused):
            await fetch(site.url())
    site.say(b"", status=302, Location="/feed.ics")
    with pytest.raises(FetchRefused, match="without end"):
        await fetch(site.url())
    site.say(b"", path="/old", status=301, Location="/feed.ics")
    site.say(calendar(PICNIC))
    assert (await fetch(site.url("/old"))).body == calendar(PICNIC)


async def test_large_and_packed_answers_are_cut_off(site: PartnerSite) -> None:
    site.say(b"x" * (6 * 1024 * 1024))
    with pytest.raises(FetchRefused, match="larger"):
        await fetch(site.url())
    bomb = gzip.compress(b"\0" * (60 * 1024 * 1024))
    assert len(bomb) < 100_000
    site.say(bomb, Content_Encoding="gzip")
    with pytest.raises(FetchRefused, match="larger"):
        await fetch(site.url())
    site.say(gzip.compress(calendar(PICNIC)), Content_Encoding="gzip")
    assert (await fetch(site.url())).body == calendar(PICNIC)
    site.say(b"x", Content_Encoding="br")
    with pytest.raises(FetchRefused):
        await fetch(site.url())


# ---------------------------------------------------------------- keeping in step


@pytest.mark.usefixtures("database", "at_new_year")
async def test_new_changed_withdrawn_and_back(site: PartnerSite) -> None:
    site.say(calendar(PICNIC, TALE))
    source = await fetch_again(await a_source(site, trust="trusted"))
    assert await states(source) == {"Picnic": "shown", "Story time": "shown"}
    assert await PartnerItem.filter(title="Story time").prefetch_related("times").get()
    first = await PartnerItem.get(uid="picnic@library")
    site.say(calendar(PICNIC.replace("DTSTAMP:2027", "DTSTAMP:2028"), TALE))
    await fetch_again(source)
    same = await PartnerItem.get(uid="picnic@library")
    assert (same.revision, same.changed_at) == (first.revision, first.changed_at)
    site.say(calendar(PICNIC.replace("20270612", "20270613")))
    await fetch_again(source)
    moved = await PartnerItem.get(uid="picnic@library").prefetch_related("times")
    assert moved.revision == first.revision + 1
    assert [time.starts_on for time in moved.times] == [dt.date(2027, 6, 13)]
    assert await states(source) == {"Picnic": "shown", "Story time": "withdrawn"}
    site.say(calendar(PICNIC, TALE))
    await fetch_again(source)
    assert await states(source) == {"Picnic": "shown", "Story time": "shown"}
    site.say(b"<html>Sorry</html>")
    broken = await fetch_again(source)
    assert "not a calendar" in broken.error
    assert await states(source) == {"Picnic": "shown", "Story time": "shown"}


@pytest.mark.usefixtures("database", "at_new_year")
async def test_it_is_asked_politely(site: PartnerSite, run_jobs: Any) -> None:
    site.say(calendar(PICNIC), ETag='"one"', Last_Modified="Fri, 01 Jan 2027 00:00:00 GMT")
    source = await a_source(site)
    await run_jobs()
    assert len(site.asked) == 1
    await fetch_source(source.id)
    assert len(site.asked) == 1, "not due yet"
    await fetch_again(source)
    assert 'if-none-match: "one"' in site.asked[1].lower()
    assert "if-modified-since" in site.asked[1].lower()
    assert "host: localhost" in site.asked[1].lower()
    site.answers.clear()
    for failures in (1, 2, 3):
        failed = await fetch_again(source)
        assert failed.failures == failures
        assert failed.next_at == NEW_YEAR + dt.timedelta(minutes=60) * 2**failures
    with frozen_at(NEW_YEAR + dt.timedelta(days=1)):
        await enqueue_due()
        await enqueue_due()
    assert await Job.filter(kind="fetch_partner", state="todo").count() == 1
    assert next_wait(dt.timedelta(minutes=60), 50) == dt.timedelta(days=1)


@pytest.mark.usefixtures("year", "at_new_year")
async def test_doubles_are_found_and_say_why(site: PartnerSite) -> None:
    ours = await Occurrence.filter(program__slug="family-movie-saturday").select_related("program__venue").first()
    ours = ours or await Occurrence.all().select_related("program__venue").order_by("id").first()
    assert ours
    start = f"DTSTART:{ours.starts_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    title = ours.title or ours.program.title
    twin = event("twin@x", f"LOCATION:{ours.program.venue.name}", start=start, title=title.upper() + "!")
    elsewhere = event("else@x", "LOCATION:Somewhere else entirely", start=start, title=title)
    series = await ours.series
    back = event(str(series.uid), start=start, title="Renamed on the way")
    linked = event("link@x", "URL:http://localhost:8000/events/x", start=start, title="By its link")
    site.say(calendar(twin, elsewhere, back, linked, PICNIC))
    one = await fetch_again(await a_source(site, trust="trusted"))
    found = {item.uid: item for item in await PartnerItem.filter(source_id=one.id)}
    assert {uid: item.state for uid, item in found.items()} == {
        "twin@x": "double", "else@x": "shown", str(series.uid): "double", "link@x": "double", "picnic@library": "shown",
    }  # fmt: skip
    assert "Same title, time and place" in found["twin@x"].double_of
    assert "our own items" in found["link@x"].double_of
    other = await fetch_again(await a_source(site, trust="trusted", name="Another"))
    again = await PartnerItem.get(source_id=other.id, uid="picnic@library")
    assert again.state == "double"
    assert "Aurora Library" in again.double_of


# ---------------------------------------------------------------- pages


@pytest.fixture
def always_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "CHECK_EVERY", 0.0)


@pytest.mark.usefixtures("year", "at_new_year", "always_asking")
async def test_reviewed_items_are_public_with_credit(
    client: httpx2.AsyncClient, sign_in: Any, site: PartnerSite
) -> None:
    await sign_in("organizer")
    form = {**SOURCE, "url": site.url(), "every": "60", "venue": ""}
    refused = await client.post("/organize/partners/new", data={**form, "url": "http://user:x@y.example/"})
    assert refused.status_code == 422
    made = await client.post("/organize/partners/new", data=form)
    page = made.headers["location"].partition("?")[0]
    source = await PartnerSource.get(name="Aurora Library")
    site.say(calendar(PICNIC, "UID:bad\nSUMMARY:No start"))
    await fetch_again(source)
    shown = await client.get(page)
    assert "Picnic" in shown.text
    assert "DTSTART is missing" in shown.text
    assert "Picnic" not in (await client.get("/calendar.ics?partners=1")).text
    item = await PartnerItem.get(uid="picnic@library")
    await client.post(f"{page}/items", data={"item": str(item.id), "verdict": "shown"})
    assert "Picnic" not in (await client.get("/calendar.ics")).text
    feed = (await client.get("/calendar.ics?partners=1&place=fox")).text.replace("\r\n ", "")
    assert "Picnic" in feed
    assert "From the calendar of Aurora Library" in feed
    assert (await client.get("/calendar.json?partners=only")).json()["items"][0]["credit"]["name"] == "Aurora Library"
    assert "Aurora Library" in (await client.get("/")).text
    await client.post(f"{page}/switch")
    assert "Picnic" not in (await client.get("/calendar.ics?partners=1")).text
    await client.post(f"{page}/switch")
    await client.post(f"{page}/items", data={"item": str(item.id), "verdict": "hidden"})
    assert "Picnic" not in (await client.get("/calendar.ics?partners=1")).text
    assert "Broken" not in (await client.get("/organize/partners")).text
    site.answers.clear()
    for _ in range(3):
        await fetch_again(source)
    assert "Broken" in (await client.get("/organize/partners")).text
    assert (await client.get("/calendar.ics")).status_code == 200


@pytest.mark.usefixtures("database", "at_new_year")
async def test_a_file_by_hand(client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("organizer")
    source = await save_source({**SOURCE, "url": ""}, None, NOBODY)
    page = f"/organize/partners/{source.id}"
    answer = await client.post(f"{page}/file", files={"file": ("x.ics", calendar(PICNIC, TALE), "text/calendar")})
    assert "2 new" in answer.text
    again = await client.post(f"{page}/file", files={"file": ("x.ics", calendar(TALE), "text/calendar")})
    assert "1 as before, 1 withdrawn" in again.text
    wrong = await client.post(f"{page}/file", files={"file": ("x.ics", b"hello", "text/calendar")})
    assert wrong.status_code == 422
    assert await states(source) == {"Picnic": "withdrawn", "Story time": "waiting"}
    assert (await client.post(f"{page}/items", data={"verdict": "shown"})).status_code == 422
    assert (await client.get("/organize/partners/999")).status_code == 404


@pytest.mark.usefixtures("database", "at_new_year")
async def test_the_checking_page_says_what_is_wrong_and_where(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/calendar/check")).status_code == 200
    good = await client.post("/calendar/check", data={"text": calendar(PICNIC).decode()})
    assert "Nothing is wrong." in good.text
    raw = calendar(PICNIC, "UID:bad\nSUMMARY:<b>No start</b>", "UID:c\nSUMMARY:x\nDTSTART:<script>")
    bad = await client.post("/calendar/check", files={"file": ("x.ics", raw, "text/calendar")})
    assert "2 things are wrong." in bad.text
    assert "&lt;script&gt;" in bad.text
    assert "<script>DT" not in bad.text
    assert (await client.post("/calendar/check", data={"text": " "})).status_code == 422
    large = await client.post("/calendar/check", files={"file": ("x.ics", b"x" * 3_000_000, "text/calendar")})
    assert large.status_code == 413


# ---------------------------------------------------------------- rules


def test_places_and_areas_are_recognised() -> None:
    places = [
        Place(1, "Aurora Fox Arts Center", "9900 E. Colfax Avenue, Aurora, CO"),
        Place(2, "Expo Park", "Aurora, CO"),
    ]
    assert find_venue("The AURORA FOX Arts Center, main stage", places) == 1
    assert find_venue("9900 E Colfax Avenue", places) == 1
    assert find_venue("Expo Park", places) == 2
    assert find_venue("Aurora, CO", places) is None
    assert find_venue("", places) is None
    assert find_area("Fútbol para todos", (), "cultural") == "sports"
    assert find_area("Evening", ("Concerts",), "cultural") == "arts"
    assert find_area("Story time", (), "cultural") == "cultural"
    assert fold_text("¡Fútbol,  para TODOS!") == "futbol para todos"


@pytest.mark.usefixtures("database", "at_new_year")
async def test_the_hostile_corpus_goes_through_import(site: PartnerSite) -> None:
    source = await a_source(site, trust="trusted")
    for name, raw in HOSTILE.items():
        site.say(raw)
        after = await fetch_again(source)
        kept = {item.uid for item in await PartnerItem.filter(source_id=source.id).exclude(state="withdrawn")}
        assert after.error or after.findings or kept, name
    site.say(calendar(PICNIC, TALE))
    whole = await fetch_again(source)
    assert (whole.failures, whole.error) == (0, "")
    assert (await states(source))["Picnic"] == "shown"
