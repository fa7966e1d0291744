"""Who applied before, or for several parts at once, need not say everything twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest

from events.models import Festival
from festival.kit.clock import now
from tests.vendors.making import make_application, make_category
from tests.vendors.test_applying import photo
from vendors.applying.reusing import is_still_good
from vendors.applying.rules import Asked, keep_asked, list_done, list_missing, read_times
from vendors.models import Answer, Application, Category, CategoryDocument, Document, DocumentKind, Question

LAST_DAY = dt.date(2027, 6, 12)


@pytest.mark.parametrize(
    ("expires_on", "expires", "same_call", "good"),
    [
        (dt.date(2027, 6, 12), "date on form", False, True),
        (dt.date(2027, 6, 11), "date on form", True, False),
        (None, "date on form", False, False),
        (None, "date on form", True, True),
        (None, "none", False, True),
    ],
)
def test_a_paper_is_good_until_the_last_day(
    expires_on: dt.date | None, expires: str, *, same_call: bool, good: bool
) -> None:
    assert is_still_good(expires_on, expires, LAST_DAY, same_call=same_call) is good


def test_a_question_that_hangs_on_an_unasked_one_is_not_asked() -> None:
    chain = [
        _asked("paid"),
        _asked("form", {"question": "paid", "is": "yes"}),
        _asked("when", {"question": "form", "is": "yes"}),
    ]
    said = {"paid": "no", "form": "yes", "when": "soon"}
    assert keep_asked(chain, said) == {"paid": "no"}
    assert keep_asked(chain, said | {"paid": "yes"}) == said | {"paid": "yes"}
    assert list_missing("A", chain, {"paid": "no", "form": "yes"}, []) == []
    assert list_missing("A", chain, {"paid": "yes", "form": "yes"}, []) == [("questions", "when")]


def _asked(slug: str, shown_if: dict[str, str] | None = None) -> Asked:
    return Asked(1, slug, slug, "", "text", True, [], None, shown_if or {})


def test_progress_counts_what_is_finished() -> None:
    assert list_done([("about", "x"), ("documents", "y"), ("documents", "z")], sent=False) == ["questions", "add-ons"]
    assert len(list_done([], sent=True)) == 5


def test_times_are_read_by_the_line() -> None:
    assert len(read_times("2027-06-12 12:00-15:00\n\n2027-06-12 9:30 – 10:00")) == 2
    for wrong in ("any time", "2027-06-12 15:00-12:00", "2027-02-30 12:00-13:00"):
        with pytest.raises(ValueError, match=r"."):
            read_times(wrong)


async def test_papers_and_profile_of_before_are_one_tap_away(client: httpx2.AsyncClient, sign_in: Any) -> None:
    old, new = await make_category(), await make_category()
    person = await sign_in("")
    before = await make_application(old, person.email, "confirmed")
    kinds: dict[str, DocumentKind] = {}
    for slug, ends in (("coi", LAST_DAY + dt.timedelta(days=90)), ("licence", LAST_DAY - dt.timedelta(days=1))):
        earlier = await DocumentKind.create(call_id=old.call_id, slug=slug, name=slug)
        kinds[slug] = await DocumentKind.create(call_id=new.call_id, slug=slug, name=slug)
        await CategoryDocument.create(category=old, kind=earlier)
        await CategoryDocument.create(category=new, kind=kinds[slug])
        path = f"/applications/{before.receipt}/documents"
        await client.post(path, data={"kind": slug}, files={"file": (f"{slug}.jpg", photo(), "image/jpeg")})
        await Document.filter(kind_id=earlier.id).update(expires_on=ends, state="accepted")
    dishes = await Question.create(category=old, slug="dishes", label="Dishes", kind="number")
    await Question.create(category=new, slug="dishes", label="Dishes", kind="number", most=3)
    await Question.create(category=new, slug="menu", label="Menu", kind="number")
    menu = await Question.create(category=old, slug="menu", label="Menu", kind="number")
    await Answer.create(application=before, question=dishes, value="9")  # more than this call takes
    await Answer.create(application=before, question=menu, value="4")

    festival = (await Festival.get(call__id=new.call_id)).slug
    begun = await client.post(f"/apply/{festival}/food_truck")
    base = begun.headers["location"].removesuffix("/about")
    assert before.name in (await client.get(f"{base}/about")).text
    draft = await Application.get(applicant_id=person.id, category_id=new.id)
    assert (draft.returning, draft.name) == (True, before.name)
    assert [row.value for row in await Answer.filter(application_id=draft.id)] == ["4"]

    papers = await client.get(f"{base}/documents")
    assert papers.text.count("Use the one from before") == 1
    assert "Good until" in papers.text
    assert (await client.post(f"{base}/documents/reuse", data={"kind": "licence"})).status_code == 404
    assert (await client.post(f"{base}/documents/reuse", data={"kind": "coi"})).status_code == 303
    taken = await Document.get(application_id=draft.id)
    # The team looks at it anew, and sees when it ends.
    assert (taken.kind_id, taken.state, taken.expires_on) == (
        kinds["coi"].id, "uploaded", LAST_DAY + dt.timedelta(days=90),
    )  # fmt: skip
    assert (await client.get(f"{base}/documents/{taken.id}")).status_code == 200


async def test_papers_of_somebody_else_are_never_offered(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    kind = await DocumentKind.create(call_id=category.call_id, slug="coi", name="Insurance")
    await CategoryDocument.create(category=category, kind=kind)
    other = await make_application(category)
    await Document.create(application=other, kind=kind, link="https://x.example/1", uploaded_at=now())
    person = await sign_in("")
    mine = await make_application(category, person.email)
    base = f"/applications/{mine.receipt}/documents"
    assert "from before" not in (await client.get(base)).text
    assert (await client.post(f"{base}/reuse", data={"kind": "all"})).status_code == 404


async def test_one_group_takes_several_parts_from_one_page(client: httpx2.AsyncClient, sign_in: Any) -> None:
    booth = await make_category()
    stage = await Category.create(
        call_id=booth.call_id, slug="performer", name="Stage", cap=5, charge="none",
        closes_at=now() + dt.timedelta(days=9),
    )  # fmt: skip
    await Question.create(category=stage, slug="people", label="How many people?", kind="number")
    festival = (await Festival.get(call__id=booth.call_id)).slug
    path = f"/apply/{festival}/parts"
    assert (await client.get(path)).status_code == 303
    person = await sign_in("")
    assert "Stage" in (await client.get(path)).text
    assert (await client.post(path, data={"name": "Abay"})).status_code == 422
    both = {"name": "Abay", "parts": ["food_truck", "performer"]}
    for _ in range(2):  # twice is the same as once
        assert (await client.post(path, data=both)).headers["location"].endswith("/applications")
    drafts = await Application.filter(applicant_id=person.id).order_by("category_id")
    assert [draft.name for draft in drafts] == ["Abay", "Abay"]
    listed = (await client.get("/applications")).text
    assert "4 of 5 parts done" in listed
    assert "3 of 5 parts done" in listed
    assert "3 of 5 parts done" in (await client.get(f"/applications/{drafts[1].receipt}/questions")).text
