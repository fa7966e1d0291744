"""Papers that only some have to bring: those who gave a certain answer."""

from __future__ import annotations

from typing import Any

import httpx2

from vendors.chasing.queries import list_blocked
from vendors.documents.actions import settle_papers
from vendors.documents.queries import list_needed
from vendors.documents.rules import is_for
from vendors.models import Answer, Application, Call, Category, CategoryDocument, DocumentKind, Question

from .making import make_application, make_category


async def make_smoky_category() -> tuple[Category, DocumentKind]:
    """A category that asks whether somebody grills, and then for a permit."""
    category = await make_category()
    await Question.create(category=category, slug="grill", label="Do you grill?", kind="yes_no", position=0)
    permit = await DocumentKind.create(call_id=category.call_id, slug="permit", name="Fire permit", chase_days=[30])
    await CategoryDocument.create(
        category=category, kind=permit, required=True, shown_if={"question": "grill", "is": "yes"}
    )
    return category, permit


async def answer(application: Application, value: str) -> None:
    grill = await Question.get(category_id=application.category_id, slug="grill")
    await Answer.update_or_create(defaults={"value": value}, application_id=application.id, question_id=grill.id)


def test_a_paper_is_for_those_who_gave_its_answer() -> None:
    after = {"question": "grill", "is": "yes"}
    assert is_for(None, {})
    assert is_for({}, {"grill": "no"})
    assert is_for(after, {"grill": "yes"})
    assert not is_for(after, {"grill": "no"})
    assert not is_for(after, {})


async def test_only_those_who_grill_bring_the_permit(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category, permit = await make_smoky_category()
    me = await sign_in()
    application = await make_application(category, me.email)
    path = f"/applications/{application.receipt}/documents"
    for value, asked in (("no", False), ("yes", True), ("", False)):
        await answer(application, value)
        page = (await client.get(path)).text
        assert ("Fire permit" in page) is asked
        assert ("Because you answered “Yes” to “Do you grill?”" in page) is asked
        assert [row.kind_id for row in (await list_needed([application]))[application.id]] == [permit.id] * asked


async def test_who_blocks_opening_day_hangs_on_the_answer_too(client: httpx2.AsyncClient) -> None:
    category, _ = await make_smoky_category()
    call = await Call.get(id=category.call_id).select_related("festival")
    grills, cooks = [await make_application(category, state="confirmed") for _ in range(2)]
    await answer(grills, "yes")
    await answer(cooks, "no")
    assert [one.application.id for one in await list_blocked(call.festival)] == [grills.id]
    for one, state in ((grills, "confirmed"), (cooks, "docs_ready")):
        await settle_papers(one.id)
        assert (await Application.get(id=one.id)).state == state


async def test_the_team_says_after_which_answer_a_paper_is_asked_for(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category, permit = await make_smoky_category()
    call = await Call.get(id=category.call_id).select_related("festival")
    here = f"/organize/calls/{call.festival.slug}/categories/{category.slug}"
    await sign_in("organizer")
    assert 'value="grill=yes" selected' in (await client.get(here)).text
    form = {"asked": permit.id, "required": permit.id, f"after-{permit.id}": "grill=no"}
    assert (await client.post(f"{here}/papers", data=form)).status_code == 303
    assert (await CategoryDocument.get()).shown_if == {"question": "grill", "is": "no"}
    for value in ("grill=perhaps", "roast=yes"):
        refused = await client.post(f"{here}/papers", data=form | {f"after-{permit.id}": value})
        assert refused.status_code == 404
    assert (await CategoryDocument.get()).shown_if == {"question": "grill", "is": "no"}

    gone = await client.post(f"{here}/questions/grill/remove")
    other = {"label": "Do you grill?", "kind": "text"}
    changed = await client.post(f"{here}/questions/grill", data=other)
    for refused in (gone, changed):
        assert refused.status_code == 409
        assert "“Fire permit” is asked for after this answer" in refused.text
    await client.post(f"{here}/papers", data=form | {f"after-{permit.id}": ""})
    assert not (await CategoryDocument.get()).shown_if
    assert (await client.post(f"{here}/questions/grill/remove")).status_code == 303


async def test_the_team_says_that_a_paper_ends(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    call = await Call.get(id=category.call_id).select_related("festival")
    here = f"/organize/calls/{call.festival.slug}/papers"
    await sign_in("organizer")
    await client.post(here, data={"name": "Permit", "ends": "on"})
    kind = await DocumentKind.get()
    assert kind.expires == "date on form"
    await DocumentKind.filter(id=kind.id).update(expires="season")
    await client.post(f"{here}/{kind.slug}", data={"name": "Permit", "ends": "on"})
    assert (await DocumentKind.get()).expires == "season"
    await client.post(f"{here}/{kind.slug}", data={"name": "Permit"})
    assert (await DocumentKind.get()).expires == "none"
