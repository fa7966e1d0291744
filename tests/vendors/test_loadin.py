"""How vendors drive in: in words on their page, by mail once the week before, and again when it changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest

from events.models import Festival
from festival.kit.clock import frozen_at
from festival.mail.models import MailMessage
from tests.vendors.making import FESTIVAL_DAY, make_application, make_category
from vendors.loadin.jobs import HANDLERS, TELL
from vendors.loadin.rules import is_due
from vendors.models import Application, Booth, BoothAssignment, LoadInWindow

DAY = dt.timedelta(days=1)


@pytest.fixture
async def stand(client: httpx2.AsyncClient) -> Application:
    """A Spanish reader's confirmed stand on T07, with its window and one for everybody; another without a space."""
    category = await make_category(booth_prefix="T")
    festival = await Festival.get(call__categories__id=category.id)
    found = await make_application(category, "vendor@example.org", state="confirmed", language="es")
    await make_application(category, state="confirmed")
    booth = await Booth.create(
        festival_id=festival.id, code="T07", prefix="T", zone="Row", x_ft=0, y_ft=0, width_ft=30, depth_ft=10
    )
    await BoothAssignment.create(booth_id=booth.id, application_id=found.id, assigned_at=FESTIVAL_DAY - 30 * DAY)
    at = FESTIVAL_DAY - dt.timedelta(hours=4)
    for group, gate in (("T01-T10", "south lot"), ("T11-T20", "west lot"), ("vehicles off lawn", "")):
        await LoadInWindow.create(
            festival_id=festival.id, group=group, arrives_at=at if gate else None,
            clears_at=at + dt.timedelta(minutes=45), entrance=gate,
        )  # fmt: skip
    return found


async def look(at: dt.datetime) -> list[MailMessage]:
    """What the worker does every hour, at that moment; the letters there are."""
    with frozen_at(at):
        await HANDLERS[TELL]({})
    return await MailMessage.filter(kind="vendors.load_in").order_by("id")


def test_the_letter_is_due_in_the_week_before() -> None:
    assert not is_due(FESTIVAL_DAY, FESTIVAL_DAY - 8 * DAY)
    assert is_due(FESTIVAL_DAY, FESTIVAL_DAY - 7 * DAY)
    assert not is_due(FESTIVAL_DAY, FESTIVAL_DAY)


async def test_the_letter_comes_once_and_again_when_it_changed(stand: Application) -> None:
    assert await look(FESTIVAL_DAY - 8 * DAY) == []
    for hours in (0, 1, 30):
        letters = await look(FESTIVAL_DAY - 7 * DAY + dt.timedelta(hours=hours))
        assert len(letters) == 1
    letter = letters[0]
    assert (letter.recipient, letter.language) == ("vendor@example.org", "es")
    for words in ("T07", "south lot", "vehicles off lawn", f"/es/applications/{stand.receipt}"):
        assert words in letter.text
        assert words in letter.html
    assert "west lot" not in letter.text
    await LoadInWindow.filter(group="T01-T10").update(entrance="north lot")
    letters = await look(FESTIVAL_DAY - 2 * DAY)
    assert len(letters) == 2
    assert letters[0].subject != letters[1].subject
    assert "north lot" in letters[1].text
    assert len(await look(FESTIVAL_DAY + DAY)) == 2


async def test_the_page_says_it_in_words(client: httpx2.AsyncClient, stand: Application, sign_in: Any) -> None:
    await sign_in("owner")
    page = (await client.get(f"/en/applications/{stand.receipt}")).text
    assert "How you drive in" in page
    assert "by south lot" in page
    other = await Application.exclude(id=stand.id).first()
    assert other
    assert "How you drive in" not in (await client.get(f"/en/applications/{other.receipt}")).text
