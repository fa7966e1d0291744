"""Review of many at once: held decisions with what could not, undone while nobody was told, found again, exported."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from festival.kit.web.access import NOBODY
from festival.mail.models import MailMessage
from festival.organisation.models import AuditEntry
from vendors.lifecycle.rules import WrongStep
from vendors.models import Application, Category, Decision
from vendors.review.actions import decide
from vendors.review.bulk import undo_decision
from vendors.review.rules import Filters, read_filters

from .making import make_application, make_category

TICKED = "/organize/applications/ticked"


def test_filters_are_read_from_anything() -> None:
    assert read_filters({"state": "draft", "q": " a\x00 \n b "}) == Filters(words="a b")
    assert read_filters({"state": "submitted", "category": "c" * 99}) == Filters("c" * 40, "submitted")
    assert Filters("a&b", "", "é").query == "category=a%26b&state=&q=%C3%A9"


async def test_the_cap_is_told_for_each_and_undone(client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any) -> None:
    category = await make_category(cap=2)
    rows = [await make_application(category, state="submitted") for _ in range(3)]
    waiting = await make_application(category, state="waitlisted", waitlist_position=1)
    await sign_in("organizer")
    tick = [row.receipt for row in rows]
    page = await client.post(TICKED, data={"do": "accept", "ticked": tick})
    assert page.status_code == 200
    assert "2 decisions are held." in page.text
    assert page.text.count("All places of this category are taken") == 1
    states = [(await Application.get(id=row.id)).state for row in rows]
    assert states == ["hold_accept", "hold_accept", "submitted"]
    assert (await Category.get(id=category.id)).taken == 2

    again = await client.post(TICKED, data={"do": "undo", "ticked": tick})
    assert "2 applications are under review again." in again.text
    assert "moved on in the meantime" in again.text
    await run_jobs()
    assert (await Category.get(id=category.id)).taken == 0
    assert (await Application.get(id=waiting.id)).state == "waitlisted"  # the team is still deciding
    assert await Decision.all().count() == 0
    assert await AuditEntry.filter(action="decision.undone").count() == 2
    assert await MailMessage.all().count() == 0

    one = f"/organize/applications/{tick[0]}"
    await client.post(TICKED, data={"do": "decline", "ticked": tick[0], "listed": "full"})
    assert "There were more applications" in (await client.get(one)).text
    assert (await client.post(f"{one}/undo")).status_code == 303
    assert (await Application.get(id=rows[0].id)).state == "under_review"


async def test_nothing_that_was_told_is_undone(database: Any) -> None:
    application = await make_application(await make_category(), state="submitted")
    told = await decide(application, "decline", "", NOBODY, at_once=True)
    with pytest.raises(WrongStep):
        await undo_decision(told, NOBODY)
    assert await Decision.filter(released_at__isnull=False).count() == 1


async def test_none_strangers_and_drafts_change_nothing(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    sent, draft = [await make_application(category, state=state) for state in ("submitted", "draft")]
    await sign_in("organizer")
    assert (await client.post(TICKED, data={"do": "accept"})).status_code == 409
    for other in (draft.receipt, "GF-NONE"):
        asked = {"do": "accept", "ticked": [sent.receipt, other]}
        assert (await client.post(TICKED, data=asked)).status_code == 404
    assert (await Application.get(id=sent.id)).state == "submitted"
    await sign_in("reviewer")
    assert (await client.post(TICKED, data={"do": "accept", "ticked": sent.receipt})).status_code == 403
    assert 'name="ticked"' not in (await client.get("/organize/applications")).text


async def test_the_queue_is_searched(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    first, second = [await make_application(category, state="submitted") for _ in range(2)]
    await sign_in("reviewer")
    for words in (first.receipt.lower(), first.name.upper()):
        page = (await client.get("/organize/applications", params={"q": words})).text
        assert f"/organize/applications/{first.receipt}" in page
        assert f"/organize/applications/{second.receipt}" not in page
