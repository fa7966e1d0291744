"""Where a call is blind, a juror meets no name, address or file of an applicant before their own scores are in."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from festival.kit.clock import now
from festival.organisation.models import AuditEntry
from festival.storage.models import StoredFile
from vendors.judging.rules import VEIL, hides_names, veil
from vendors.models import (
    Answer,
    Application,
    Call,
    Category,
    CategoryDocument,
    Document,
    DocumentKind,
    Question,
)

from .making import make_application, make_category


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("Ask for Blue Nile Kitchen!", f"Ask for {VEIL}!"),
        ("BLUE NILE KITCHEN since 1999", f"{VEIL} since 1999"),
        ("Write to me@blue-nile.example", f"Write to {VEIL}"),
        ("See https://blue.example/x?y=1 or www.blue.example", f"See {VEIL} or {VEIL}"),
        ("On @bluenile, call (651) 555-0123 now", f"On {VEIL}, call {VEIL} now"),
        ("今天有金龙小吃店的面", f"今天有{VEIL}的面"),
        ("Mix 250 g of flour, 10 amps at 120 V, 2027-06-12", "Mix 250 g of flour, 10 amps at 120 V, 2027-06-12"),
        ("A Li name is too short to look for", "A Li name is too short to look for"),
    ],
)
def test_texts_are_veiled(text: str, covered: str) -> None:
    assert veil(text, ["Blue Nile Kitchen", "金龙小吃店", "Li", ""]) == covered


def test_only_a_juror_who_has_not_scored_is_blind() -> None:
    assert hides_names(blind=True, decides=False, scored=False)
    assert not hides_names(blind=False, decides=False, scored=False)
    assert not hides_names(blind=True, decides=True, scored=False)
    assert not hides_names(blind=True, decides=False, scored=True)


async def _applied() -> tuple[Application, Document, Document]:
    """An application whose every part says who it is: name, description, answers, two papers."""
    category = await make_category()
    one = await make_application(
        category, "selam@nile.example", state="submitted", submitted_at=now(),
        description="Blue Nile Kitchen cooks with love",
    )  # fmt: skip
    await Application.filter(id=one.id).update(name="Blue Nile Kitchen")
    for slug, kind, value in (
        ("menu", "text", "Injera by Selam Tesfaye, selam@nile.example"), ("street", "text", "12 Nile Road"),
        ("people", "names", "Abebe"), ("web", "link", "https://nile.example"),
    ):  # fmt: skip
        asked = await Question.create(category=category, slug=slug, label=slug.title(), kind=kind)
        await Answer.create(application=one, question=asked, value=value)
    papers: list[Document] = []
    for slug in ("menu-picture", "licence"):
        kind_ = await DocumentKind.create(call_id=category.call_id, slug=slug, name=slug.title())
        await CategoryDocument.create(category=category, kind=kind_)
        stored = await StoredFile.create(
            name=f"{slug}-key", media_type="image/png", size=3, digest="0" * 64,
            original_name=f"blue-nile-{slug}.png", owner_id=one.applicant_id, uploaded_at=now(),
        )  # fmt: skip
        papers.append(
            await Document.create(application=one, kind=kind_, file=stored, number="NILE-7", uploaded_at=now())
        )
    return await Application.get(id=one.id), papers[0], papers[1]


async def test_a_juror_meets_no_name_before_scoring(client: httpx2.AsyncClient, sign_in: Any) -> None:
    one, picture, licence = await _applied()
    category = await Category.get(id=one.category_id).select_related("call__festival")
    await sign_in("organizer")
    street = await Question.get(slug="street", category_id=category.id)
    names = f"/organize/calls/{category.call.festival.slug}/criteria/names"
    given = {"blind": "yes", "hide": str(street.id), "show": str(picture.kind_id)}
    assert (await client.post(names, data=given)).status_code == 303
    assert await AuditEntry.filter(action="call.blind").count() == 1
    here = f"/organize/applications/{one.receipt}"
    page = (await client.get(here)).text
    assert "Blue Nile Kitchen" in page
    assert "NILE-7" in page

    await sign_in("reviewer")
    tells = ("nile", "selam", "tesfaye", "abebe")
    shut = (f"/applications/{one.receipt}", f"/applications/{one.receipt}/documents/{picture.id}",
            f"{here}/papers/{licence.id}", f"{here}/papers/{licence.id}/1")  # fmt: skip
    for path in (here, "/organize/applications", f"/organize/festivals/{category.call.festival.slug}/map"):
        answer = await client.get(path)
        assert answer.status_code == 200, path
        assert not [word for word in tells if word in answer.text.lower()], path
    assert "Injera" in (await client.get(here)).text
    for path in shut:
        assert (await client.get(path)).status_code == 404, path
    assert (await client.get(f"{here}/changes")).status_code == 409
    judged = {"document": picture.id, "verdict": "accept"}
    assert (await client.post(f"{here}/papers", data=judged)).status_code == 409
    assert one.receipt not in (await client.get("/organize/applications?q=Nile")).text  # not by guessing either
    assert one.receipt in (await client.get(f"/organize/applications?q={one.receipt}")).text

    assert (await client.post(f"{here}/score", data={"score": "4"})).status_code == 303
    assert "Blue Nile Kitchen" in (await client.get(here)).text
    assert "Blue Nile Kitchen" in (await client.get("/organize/applications?q=Nile")).text
    assert (await client.get(f"/applications/{one.receipt}")).status_code == 200
    assert (await client.get(f"{here}/changes")).status_code == 200
    await client.post(f"{here}/conflict", data={})
    assert "Blue Nile Kitchen" not in (await client.get(here)).text


async def test_a_blind_call_without_papers_hides_all_of_them(client: httpx2.AsyncClient, sign_in: Any) -> None:
    one, picture, _ = await _applied()
    await Call.all().update(blind=True)
    await sign_in("reviewer")
    here = f"/organize/applications/{one.receipt}"
    assert "Menu-Picture" not in (await client.get(here)).text
    assert (await client.get(f"{here}/papers/{picture.id}")).status_code == 404
