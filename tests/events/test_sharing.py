"""What others see of our pages: pictures in any script, a sitemap of what is public, robots, oEmbed, calendar links."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import httpx2
from PIL import Image

from events.models import Act, Occurrence, Program
from events.occasion.rules import Appointment, calendar_ways, postal_address, share_ways
from events.programme.actions import Loaded
from festival.kit.clock import frozen_at
from festival.kit.languages import LANGUAGES
from festival.organisation.queries import get_organisation

JANUARY = dt.datetime(2027, 1, 2, 18, tzinfo=dt.UTC)
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def picture(answer: httpx2.Response) -> Image.Image:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/png"
    return Image.open(io.BytesIO(answer.content))


async def test_each_event_has_a_picture_in_the_reader_s_language(year: Loaded, client: httpx2.AsyncClient) -> None:
    with frozen_at(JANUARY):
        english = picture(await client.get("/events/world-refugee-day-picnic/picture.png"))
        arabic = picture(await client.get("/ar/events/world-refugee-day-picnic/picture.png"))
        await Program.filter(id=year.programs["p10"]).update(title='#text(red)[x] $ " \\ // <b>', revision=2)
        hostile = picture(await client.get("/events/world-refugee-day-picnic/picture.png"))
    assert english.size == arabic.size == hostile.size == (1200, 630)
    assert english.tobytes() != arabic.tobytes()
    # The quilt stands at the end of the line: on the right in English, on the left in Arabic.
    assert len(english.convert("RGB").crop((940, 0, 1200, 500)).getcolors(100_000) or []) > 4
    assert arabic.convert("RGB").getpixel((1190, 20)) == english.convert("RGB").getpixel((10, 20))
    fest = picture(await client.get("/festival/global-fest-2027/picture.png"))
    assert fest.size == (1200, 630)
    assert (await client.get("/events/none/picture.png")).status_code == 404


async def test_the_sitemap_has_what_is_public_in_every_language(year: Loaded, client: httpx2.AsyncClient) -> None:
    await Program.filter(id=year.programs["p33"]).update(state="draft")
    answer = await client.get("/sitemap.xml")
    root = ET.fromstring(answer.text)  # noqa: S314 - our own
    found = [str(node.text) for node in root.iter(f"{SITEMAP}loc")]
    assert "http://localhost:8000/events/pickleball-open-play" in found
    assert "http://localhost:8000/festival/global-fest-2027" in found
    assert not any("salsa" in address for address in found)
    for url in root.iter(f"{SITEMAP}url"):
        links = {link.get("hreflang"): link.get("href") for link in url.findall("{http://www.w3.org/1999/xhtml}link")}
        assert set(links) == {*LANGUAGES, "x-default"}
        assert links["x-default"] == url.findtext(f"{SITEMAP}loc")
    robots = (await client.get("/robots.txt")).text
    assert "Disallow: /organize" in robots
    assert "Sitemap: http://localhost:8000/sitemap.xml" in robots


async def test_oembed_gives_a_link_with_its_picture(year: Loaded, client: httpx2.AsyncClient) -> None:
    page = (await client.get("/es/events/salsa-for-beginners")).text
    address = re.search(r'application/json\+oembed" href="([^"]+)"', page)
    assert address
    with frozen_at(JANUARY):
        answer = (await client.get(address[1].replace("&amp;", "&"))).json()
    assert answer["title"] == "Salsa for beginners"
    assert answer["thumbnail_url"].endswith("/events/salsa-for-beginners/picture.png")
    assert (await client.get("/oembed?url=https://elsewhere.example/events/x")).status_code == 400
    assert (await client.get("/oembed?url=http://localhost:8000/events/none")).status_code == 404
    assert (await client.get("/oembed?url=http://localhost:8000/organize/people")).status_code == 404
    assert (await client.get("/oembed?format=xml&url=http://localhost:8000/events/x")).status_code == 501


async def test_search_engines_get_the_event_as_data(year: Loaded, client: httpx2.AsyncClient) -> None:
    with frozen_at(JANUARY):
        page = (await client.get("/fr/events/immigrant-and-refugee-commission-meeting")).text
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    assert data["eventStatus"].endswith("EventRescheduled")
    assert data["previousStartDate"] == "2027-01-18T18:00:00-07:00"
    assert data["image"][0].endswith("/fr/events/immigrant-and-refugee-commission-meeting/picture.png")
    assert 'property="og:image" content="http://localhost:8000/fr/events/' in page
    assert '<link rel="canonical" href="http://localhost:8000/fr/events/' in page
    assert page.count('rel="alternate" hreflang=') == 13


def data_of(page: str) -> dict[str, Any]:
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]


async def test_the_data_of_an_event_names_office_acts_place_and_price(year: Loaded, client: httpx2.AsyncClient) -> None:
    office = await get_organisation()
    with frozen_at(JANUARY):
        festival = data_of((await client.get("/events/global-fest")).text)
        class_ = data_of((await client.get("/events/salsa-for-beginners")).text)
    assert festival["organizer"] == {"@type": "Organization", "name": office.name, "url": "http://localhost:8000"}
    names = [one["name"] for one in festival["performer"]]
    assert (await Act.get(id=year.acts["s04"])).title in names
    assert {one["@type"] for one in festival["performer"]} == {"PerformingGroup"}
    assert festival["isAccessibleForFree"] is True
    assert festival["offers"]["price"] == "0.00"
    assert festival["eventStatus"] == "https://schema.org/EventScheduled"
    assert festival["eventAttendanceMode"] == "https://schema.org/OfflineEventAttendanceMode"
    assert festival["image"]
    assert class_["location"]["address"] == {
        "@type": "PostalAddress", "streetAddress": "2390 Havana Street", "addressLocality": "Aurora",
        "addressRegion": "CO", "addressCountry": "US",
    }  # fmt: skip
    assert "performer" not in class_


async def test_the_data_say_what_is_cancelled_and_where_it_is_online(year: Loaded, client: httpx2.AsyncClient) -> None:
    program = year.programs["p10"]
    await Program.filter(id=program).update(online=True, online_url="https://meet.example/a")
    await Occurrence.filter(program_id=program).update(state="cancelled")
    with frozen_at(JANUARY):
        data = data_of((await client.get("/events/world-refugee-day-picnic")).text)
    assert data["eventStatus"] == "https://schema.org/EventCancelled"
    assert data["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert data["location"][1] == {"@type": "VirtualLocation", "url": "https://meet.example/a"}


def test_an_address_comes_apart_where_it_has_the_usual_shape() -> None:
    whole = postal_address("15151 E. Alameda Parkway, Suite 5, Aurora, CO 80012")
    assert whole == {
        "@type": "PostalAddress", "streetAddress": "15151 E. Alameda Parkway, Suite 5", "addressLocality": "Aurora",
        "addressRegion": "CO", "postalCode": "80012", "addressCountry": "US",
    }  # fmt: skip
    assert postal_address("The lawn") == {"@type": "PostalAddress", "streetAddress": "The lawn"}
    assert postal_address("") == {"@type": "PostalAddress"}


async def test_an_event_says_how_to_get_there_and_what_is_like_it(year: Loaded, client: httpx2.AsyncClient) -> None:
    with frozen_at(JANUARY):
        page = (await client.get("/events/salsa-for-beginners")).text
        festival = (await client.get("/events/global-fest")).text
    assert "https://maps.apple.com/?q=2390%20Havana%20Street" in page
    assert "More like this" in page
    assert "Pickleball open play" in page[page.index("More like this") :]
    assert "Salsa for beginners" not in page[page.index("More like this") :]
    assert 'data-revision="1"' in page
    assert "Who performs" in festival
    assert f'/festival/global-fest-2027#act-{year.acts["s04"]}"' in festival


def test_dates_in_other_calendars_are_the_same_moments() -> None:
    at = dt.datetime(2027, 6, 12, 17, tzinfo=dt.UTC)
    day, seven = at.date(), at + dt.timedelta(hours=7)
    hours = Appointment("A & B", "Lawn, Aurora", "https://x.example/1", at, seven, day, day, False)
    google, outlook = (parse_qs(urlsplit(way.href).query) for way in calendar_ways(hours, "America/Denver"))
    assert google["dates"] == ["20270612T170000Z/20270613T000000Z"]
    assert google["text"] == ["A & B"]
    assert outlook["startdt"] == ["2027-06-12T17:00:00Z"]
    days = Appointment("Altar", "", "x", at, at, dt.date(2027, 10, 30), dt.date(2027, 11, 2), True)
    google, outlook = (parse_qs(urlsplit(way.href).query) for way in calendar_ways(days, "America/Denver"))
    assert google["dates"] == ["20271030/20271103"]
    assert outlook["enddt"] == ["2027-11-03"]
    assert outlook["allday"] == ["true"]
    assert (
        share_ways("A & B", "https://x.example/1")[1].href == "mailto:?subject=A%20%26%20B&body=https%3A//x.example/1"
    )
