"""The ticket as a picture, on paper and in a calendar, on both databases; codes are read from pixels."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import httpx2
import icalendar
import pytest
from PIL import Image
from pypdf import PdfReader

from events.models import Occurrence
from festival.kit import fonts
from festival.kit.clock import now
from festival.kit.languages import LANGUAGES
from festival.office.check import list_notes
from festival.settings import Settings
from tests.ticketing.holding import WORDS, codes_in, make_occasion, pages_of, take_ticket
from ticketing.delivery.qr import matrix_png, token_matrix
from ticketing.models import Offer

needs_fonts = pytest.mark.skipif(
    bool(fonts.missing_scripts()), reason=f"fonts are missing here: install {fonts.PACKAGES}"
)


async def test_the_picture_is_the_code(client: httpx2.AsyncClient) -> None:
    held = await take_ticket(client, await make_occasion())
    answer = await client.get(f"{held.path}/qr.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.text.startswith("<svg ")
    assert codes_in(matrix_png(token_matrix(held.token))) == [held.token]


@needs_fonts
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_paper_is_good_in_every_language(client: httpx2.AsyncClient, language: str) -> None:
    title, holder = WORDS[language]
    held = await take_ticket(client, await make_occasion(), name=holder, language=language)
    answer = await client.get(f"/{language}{held.path}/ticket.pdf")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    (page,) = pages_of(answer.content)
    assert codes_in(page) == [held.token]
    # A glyph that no font has is drawn from `.notdef`; pypdf names the fonts that were embedded.
    document = PdfReader(io.BytesIO(answer.content))
    resources: Any = document.pages[0]["/Resources"]
    used = {str(font.get_object()["/BaseFont"]) for font in resources["/Font"].values()}
    assert all("Noto" in name or "DejaVu" in name or "Liberation" in name for name in used), used
    assert document.trailer["/Root"]["/Lang"].startswith(language.partition("-")[0])
    text = "".join(document.pages[0].extract_text().split())
    if language in {"en", "es", "fr", "so", "vi", "ko", "zh-Hans", "ru", "am"}:  # written in the order of sounds
        assert "".join(title.split()) in text
        assert "".join(holder.split()) in text


async def test_what_is_written_is_never_markup(client: httpx2.AsyncClient) -> None:
    hostile = '#panic("x") $1^2$ *b* \\u{41} @a <b> `c` "'
    held = await take_ticket(client, await make_occasion(), name=hostile)
    answer = await client.get(f"{held.path}/ticket.pdf")
    assert answer.status_code == 200
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "".join(hostile.split()) in "".join(text.split())


async def test_the_calendar_file_follows_the_ticket(client: httpx2.AsyncClient) -> None:
    held = await take_ticket(client, await make_occasion())
    answer = await client.get(f"/am{held.path}/event.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    (event,) = icalendar.Calendar.from_ical(answer.content).events
    offer = await Offer.get(id=held.offer_id).select_related("occurrence")
    assert event.start.astimezone(dt.UTC) == offer.occurrence.starts_at.replace(microsecond=0)
    assert event["SUMMARY"] == WORDS["am"][0]
    assert event["URL"] == f"http://localhost:8000/am{held.path}"
    assert held.token not in answer.text
    moved = offer.occurrence.starts_at + dt.timedelta(hours=1)
    await Occurrence.filter(id=offer.occurrence_id).update(
        starts_at=moved, ends_at=moved + dt.timedelta(hours=1), revision=2, changed_at=now()
    )
    (later,) = icalendar.Calendar.from_ical((await client.get(f"{held.path}/event.ics")).content).events
    assert later["UID"] == event["UID"]
    assert later["SEQUENCE"] > event["SEQUENCE"]
    await client.post(f"{held.path}/cancel", data={"sure": "yes"})
    (gone,) = icalendar.Calendar.from_ical((await client.get(f"{held.path}/event.ics")).content).events
    assert gone["STATUS"] == "CANCELLED"
    assert gone["SEQUENCE"] > later["SEQUENCE"]


async def test_a_code_ends_when_it_was_renewed_passed_on_or_cancelled(client: httpx2.AsyncClient) -> None:
    held = await take_ticket(client, await make_occasion())
    first = (await client.get(f"{held.path}/qr.svg")).text
    await client.post(f"{held.path}/rotate")
    assert (await client.get(f"{held.path}/qr.svg")).text != first
    await client.post(f"{held.path}/cancel", data={"sure": "yes"})
    for file in ("qr.svg", "ticket.pdf"):
        assert (await client.get(f"{held.path}/{file}")).status_code == 404
        assert (await client.get(f"/tickets/somebody-elses/{file}")).status_code == 404
    other = await take_ticket(client, held.offer_id)
    await client.post(f"{other.path}/transfer", data={"name": "Ana", "email": ""})
    assert (await client.get(f"{other.path}/event.ics")).status_code == 404
    assert (await client.get(f"{other.path}/ticket.pdf")).status_code == 404


def test_check_names_the_languages_without_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_found_families", lambda: frozenset({"Libertinus Serif", "Noto Sans"}))
    assert fonts.missing_scripts() == ["am", "ar", "ne", "ko", "zh-Hans", "my"]
    assert fonts.families_for("am") == ["Noto Sans"]
    notes = [note for note in list_notes(Settings()) if "am, ar, ne, ko, zh-Hans, my" in note]
    assert len(notes) == 1
    assert "fonts-noto-cjk" in notes[0]


def test_a_picture_without_a_code_has_none() -> None:
    assert codes_in(Image.new("L", (300, 300), 255)) == []
