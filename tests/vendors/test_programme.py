"""The vendors part of the demo year: read with every fault by its line, loaded by real steps."""

from __future__ import annotations

from typing import Any

import pytest

from festival.kit.documents import Document, read_document
from festival.kit.i18n import put
from festival.organisation.queries import list_texts
from festival.seeding.actions import DEMO_PROGRAMME, seed_programme
from vendors.lifecycle.rules import HOLDS_PLACE, TRANSITIONS, State
from vendors.models import (
    AddOn,
    Application,
    Booth,
    BoothAssignment,
    Call,
    Category,
    CategoryDocument,
    DocumentKind,
    LoadInWindow,
    Question,
    Review,
    Transition,
)
from vendors.programme.parts import SamplePart
from vendors.programme.reading import check_vendors, read_vendors
from vendors.programme.words import ADD_ONS, DOCUMENT_HELPS, QUESTIONS

DEMO = DEMO_PROGRAMME.read_text()


def samples() -> list[SamplePart]:
    vendors = read_vendors(read_document(DEMO))
    assert vendors
    return vendors.part.sample_applications


def changed(old: str, new: str) -> Document:
    assert DEMO.count(old) == 1, old
    return read_document(DEMO.replace(old, new))


def test_the_demo_has_no_fault_and_all_its_names_are_in_plain_words() -> None:
    vendors = read_vendors(read_document(DEMO))
    assert vendors
    assert {asked.name for category in vendors.part.categories for asked in category.ask} <= set(QUESTIONS)
    assert {document.id for document in vendors.part.documents} == set(DOCUMENT_HELPS)
    assert {add_on.id for add_on in vendors.part.add_ons} == set(ADD_ONS)
    assert len(vendors.part.sample_applications) == 31


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("cap: 20, fee: 15000, fee_basis: 'comparable: city", "cap: -1, fee: 15000, fee_basis: 'comparable: city",
         "festival.categories.0.cap", "less than"),
        ("needs: [coi, logo]", "needs: [coi, logos]", "festival.categories.4.needs.1", "logos is not named"),
        ("{id: M10, why", "{id: M99, why", "festival.blocked_spaces.0.id", "M99"),
        ("space: T02", "space: T01", "festival.sample_applications.1.space", "twice"),
        ("state: waitlisted, lang: es, payment: card_saved, position: 1", "state: waitlisted, lang: es",
         "festival.sample_applications.4.state", "position"),
        ("id: sponsor, cap: 6", "id: sponsor, cap: 0", "festival.categories.4.cap", "less than"),
        ("max_menu_items<=6,", "'Max items',", "festival.categories.0.ask.4", "max_menu_items"),
        ("{until_days: 45, refund_pct: 100, keep: 0}", "{refund_pct: 100}", "festival.refund_policy.0", "until_days"),
    ],
)  # fmt: skip
def test_each_fault_is_named_by_its_line(old: str, new: str, place: str, words: str) -> None:
    document = changed(old, new)
    [error] = check_vendors(document)
    assert error.place == place
    assert words in put(error.message)
    lines = DEMO.replace(old, new).splitlines()
    assert new.split("\n", maxsplit=1)[0][:20] in lines[error.line - 1]


def test_a_festival_without_a_call_is_no_fault() -> None:
    assert read_vendors(read_document("festival: {starts: '2027-06-12T11:00'}")) is None


async def test_the_demo_year_is_loaded(database: Any) -> None:
    await seed_programme(DEMO)
    call = await Call.get(festival__slug="global-fest-2027")
    categories = {category.slug: category for category in await Category.filter(call_id=call.id)}
    assert len(categories) == 8
    assert await Booth.all().count() == 94
    assert await Booth.exclude(blocked_reason="").order_by("code").values_list("code", flat=True) == ["C11", "M10"]
    assert await LoadInWindow.all().count() == 9
    assert await DocumentKind.all().count() == 15
    assert await CategoryDocument.filter(required=False).count() == 1
    paid = await CategoryDocument.get(kind__slug="w9_if_paid")
    assert (paid.required, paid.shown_if) == (True, {"question": "honorarium", "is": "yes"})
    assert (await AddOn.get(slug="loan_flag")).category_id == categories["parade"].id
    guardian = await Question.get(slug="guardian", category__slug="parade")
    assert guardian.shown_if == {"question": "minors", "is": "yes"}
    texts = await list_texts("category", [categories["food_truck"].id], "am")
    assert texts[categories["food_truck"].id, "name"] == "የምግብ መኪና"
    assert categories["performer"].closes_at.isoformat() == "2027-04-02T05:59:00+00:00"
    assert categories["food_truck"].closes_at.isoformat() == "2027-04-17T05:59:00+00:00"

    loaded = {row.name: row for row in await Application.all().prefetch_related("transitions")}
    for sample in samples():
        row = loaded[sample.name]
        assert row.state == sample.state, sample.id
        steps = sorted(row.transitions, key=lambda step: (step.at, step.id))  # type: ignore[attr-defined]
        assert [step.before for step in steps] == ["draft", *(step.after for step in steps)][: len(steps)]
        assert all((State(step.before), State(step.after)) in TRANSITIONS for step in steps)
    assert {row.state for row in loaded.values()} >= set(State) - {State.CHECKED_IN, State.COMPLETED, State.NO_SHOW}
    for slug, category in categories.items():
        promised = [sample for sample in samples() if sample.category == slug and sample.state in HOLDS_PLACE]
        assert category.taken == len(promised), slug
    line = await Application.filter(state="waitlisted", category__slug="food_truck").order_by("waitlist_position")
    assert [row.name for row in line] == ["Taco Norte", "Pho Wagon"]
    assert await Review.filter(application__name="Mama Aster Injera").count() == 3
    spaces = await BoothAssignment.filter(ended_at=None).values_list("booth__code", flat=True)
    assert sorted(str(code) for code in spaces) == sorted(part.space for part in samples() if part.space)
    assert await Transition.filter(after="accepted", by_kind="applicant").count() > 5
