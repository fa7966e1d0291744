"""Setting a call up by the team's pages: copied from last year, changed, guarded, previewed, by invitation."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest

from events.models import Festival
from festival.kit.clock import now
from festival.organisation.actions import save_translation
from festival.organisation.models import AuditEntry, Translation
from festival.organisation.queries import list_texts
from festival.settings import Settings
from vendors.calls.rules import in_new_place, next_year, policy_of
from vendors.fees.rules import OtherFee, space_fee
from vendors.models import AddOn, Answer, Call, Category, CategoryDocument, DocumentKind, FeeRule, Question

from .making import make_application, make_category

DENVER_NOON_MDT = dt.datetime(2027, 4, 16, 18, tzinfo=dt.UTC)


def test_dates_move_with_the_festival() -> None:
    before, after = (dt.datetime.fromisoformat(text) for text in ("2027-06-12T11:00", "2028-06-10T10:00"))
    deadline = dt.datetime.fromisoformat("2027-04-16T23:59")
    moved = next_year(deadline, before, after)
    assert moved.isoformat() == "2028-04-14T23:59:00"
    assert moved.weekday() == deadline.weekday()


def test_the_longest_notice_comes_first_and_the_citys_own_promise_is_kept() -> None:
    kept = [{"city_cancels": True, "refund_pct": 100, "keep": 0}]
    assert policy_of([(7, 0, True), (45, 100, False)], kept) == [
        {"until_days": 45, "refund_pct": 100},
        {"until_days": 7, "refund_pct": 0, "or_full_if_resold": True},
        *kept,
    ]
    assert policy_of([], []) == [{"city_cancels": True, "refund_pct": 100}]


def test_a_question_moves_as_far_as_there_is_room() -> None:
    assert in_new_place([1, 2, 3], 3, -1) == [1, 3, 2]
    assert in_new_place([1, 2, 3], 1, -1) == [1, 2, 3]
    assert in_new_place([1, 2, 3], 3, 1) == [1, 2, 3]


def test_the_lowest_fee_that_applies_is_asked() -> None:
    others = [OtherFee("nonprofit", 6_000), OtherFee("early", 12_000, DENVER_NOON_MDT)]
    late = DENVER_NOON_MDT + dt.timedelta(seconds=1)
    assert space_fee(15_000, others, "", late) == 15_000
    assert space_fee(15_000, others, "", DENVER_NOON_MDT) == 12_000
    assert space_fee(15_000, others, "nonprofit", DENVER_NOON_MDT) == 6_000
    assert space_fee(15_000, others, "early", late) == 15_000


# ---------------------------------------------------------------- copied from last year


async def make_full_call() -> Category:
    category = await make_category(closes_at=DENVER_NOON_MDT, taken=1)
    await FeeRule.create(category=category, condition="nonprofit", fee_cents=6_000)
    kind = await DocumentKind.create(call_id=category.call_id, slug="licence", name="License")
    await CategoryDocument.create(category=category, kind=kind, required=False)
    await AddOn.create(
        call_id=category.call_id, category=category, slug="power", name="Power", price_cents=1, stock=2, taken=2
    )
    await Question.create(category=category, slug="menu", label="Menu?", position=0)
    await Question.create(
        category=category, slug="hot", label="Hot?", position=1, shown_if={"question": "menu", "is": "x"}
    )
    await save_translation(("category", category.id), "name", "es", "Camión", category.name)
    return category


async def test_next_years_call_is_this_years_with_its_dates_moved(client: httpx2.AsyncClient, sign_in: Any) -> None:
    old = await make_full_call()
    call = await Call.get(id=old.call_id).select_related("festival")
    festival = await Festival.create(
        slug="next", name="Global Fest", venue_id=call.festival.venue_id, changed_at=now(),
        starts_at=dt.datetime(2028, 6, 10, 17, tzinfo=dt.UTC), ends_at=dt.datetime(2028, 6, 11, tzinfo=dt.UTC),
    )  # fmt: skip
    await sign_in("organizer")
    form = {"festival": festival.id, "copy_from": call.id}
    assert (await client.post("/organize/calls", data=form)).headers["location"] == "/organize/calls/next"
    again = await client.post("/organize/calls", data=form)
    assert again.status_code == 409
    assert "already takes applications" in again.text

    copied = await Category.get(call__festival_id=festival.id).prefetch_related("fee_rules", "questions", "documents")
    assert copied.closes_at == DENVER_NOON_MDT.replace(year=2028, day=14)
    assert (copied.cap, copied.taken) == (old.cap, 0)
    assert [(rule.condition, rule.fee_cents) for rule in copied.fee_rules] == [("nonprofit", 6_000)]
    assert {question.slug: question.position for question in copied.questions} == {"menu": 0, "hot": 1}
    assert [document.required for document in copied.documents] == [False]
    power = await AddOn.get(call_id=copied.call_id)
    assert (power.category_id, power.stock, power.taken) == (copied.id, 2, 0)
    assert await list_texts("category", [copied.id], "es") == {(copied.id, "name"): "Camión"}
    assert await Translation.filter(kind="category").count() == 2
    assert await Call.all().count() == 2


# ---------------------------------------------------------------- changed by hand


async def path_of(category: Category) -> str:
    call = await Call.get(id=category.call_id).select_related("festival")
    return f"/organize/calls/{call.festival.slug}/categories/{category.slug}"


FORM = {"name": "Food truck", "cap": "5", "fee": "150", "charge": "on_approval", "closes": "2027-04-16T23:59"}


async def test_a_deadline_is_typed_and_shown_in_the_citys_time(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    path = await path_of(category)
    await sign_in("organizer")
    assert (await client.post(path, data=FORM)).status_code == 303
    changed = await Category.get(id=category.id)
    assert changed.closes_at == dt.datetime(2027, 4, 17, 5, 59, tzinfo=dt.UTC)
    assert 'value="2027-04-16T23:59"' in (await client.get(path)).text
    assert await AuditEntry.filter(action="category.changed", object_id=category.id).count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"fee": "many"}, "Write an amount"),
        ({"closes": "2027-03-14T02:30"}, "change of the clocks"),
        ({"charge": "none"}, "say when it is paid"),
        ({"name": ""}, "This is needed."),
    ],
)
async def test_what_is_wrong_is_said_and_the_rest_kept(
    client: httpx2.AsyncClient, sign_in: Any, change: dict[str, str], sentence: str
) -> None:
    category = await make_category()
    path = await path_of(category)
    await sign_in("organizer")
    answer = await client.post(path, data={**FORM, "description": "Trucks & trailers", **change})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Trucks &amp; trailers</textarea>" in answer.text
    assert (await Category.get(id=category.id)).description == ""


async def test_a_cap_stays_above_what_is_promised(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category(cap=3, taken=2)
    await sign_in("organizer")
    answer = await client.post(await path_of(category), data={**FORM, "cap": "1"})
    assert answer.status_code == 409
    assert "2 places are already promised" in answer.text
    assert (await Category.get(id=category.id)).cap == 3


async def test_questions_keep_their_order_and_their_answers(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    path = await path_of(category)
    await sign_in("organizer")
    menu = {"label": "What do you cook?", "kind": "text", "required": "yes"}
    heat = {
        "label": "How hot?",
        "kind": "choice",
        "options": "Mild\nHot\n",
        "after": "what_do_you_cook",
        "after_is": "Curry",
    }
    assert (await client.post(f"{path}/questions", data=menu)).status_code == 303
    assert (await client.post(f"{path}/questions", data=menu)).status_code == 409
    assert (await client.post(f"{path}/questions", data={**heat, "options": "Mild"})).status_code == 422
    assert (await client.post(f"{path}/questions", data=heat)).status_code == 303
    first, second = await Question.filter(category=category).order_by("position")
    assert (second.options, second.shown_if) == (["Mild", "Hot"], {"question": first.slug, "is": "Curry"})

    # What depends on an answer cannot be asked before it.
    assert (await client.post(f"{path}/questions/{second.slug}/move", data={"step": "-1"})).status_code == 422
    assert (await client.post(f"{path}/questions/{first.slug}/remove")).status_code == 409
    await Answer.create(application=await make_application(category), question=second, value="Hot")
    assert (await client.post(f"{path}/questions/{second.slug}", data={**heat, "kind": "text"})).status_code == 409
    assert (await client.post(f"{path}/questions/{second.slug}", data={**heat, "label": "Spicy?"})).status_code == 303
    assert (await Question.get(id=second.id)).label == "Spicy?"

    preview = (await client.get(f"{path}/preview")).text
    assert "What do you cook?" in preview
    assert "Nothing can be begun from here" in preview


async def test_extras_and_papers_that_are_used_stay(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    base = (await path_of(category)).rpartition("/categories/")[0]
    await sign_in("organizer")
    power = {"name": "Power", "price": "25", "stock": "3", "category": str(category.id)}
    assert (await client.post(f"{base}/add-ons", data=power)).status_code == 303
    await AddOn.filter(slug="power").update(taken=2)
    assert (await client.post(f"{base}/add-ons/power", data={**power, "stock": "1"})).status_code == 409
    assert (await client.post(f"{base}/add-ons", data={**power, "name": "Tent", "category": "999"})).status_code == 404
    assert (await client.post(f"{base}/papers", data={"name": "License"})).status_code == 303
    kind = await DocumentKind.get(slug="license")
    needs = {"asked": str(kind.id), "required": str(kind.id)}
    assert (await client.post(f"{base}/categories/{category.slug}/papers", data=needs)).status_code == 303
    assert (await CategoryDocument.get(category=category)).required
    assert (await client.post(f"{base}/papers/license/remove")).status_code == 303
    assert not await DocumentKind.exists()


# ---------------------------------------------------------------- by invitation


async def test_a_private_category_opens_by_its_link_alone(
    client: httpx2.AsyncClient, sign_in: Any, database: Settings
) -> None:
    category = await make_category()
    path = await path_of(category)
    await sign_in("organizer")
    await client.post(path, data={**FORM, "invited_only": "yes"})
    page = (await client.get(path)).text
    link = page.partition(f"<code>{database.base_url}")[2].partition("</code>")[0]
    public = link.partition("?")[0]
    await client.post(f"{path}/fees", data={"condition": "x", "fee": "1"})
    await sign_in("")
    assert category.name not in (await client.get(public.rpartition("/")[0])).text
    assert (await client.get(public)).status_code == 404
    assert (await client.get(link)).status_code == 200
    secret = link.partition("=")[2]
    assert (await client.post(public)).status_code == 404
    assert (await client.post(public, data={"invite": secret})).status_code == 303
    await sign_in("organizer", "other@example.org")
    assert (await client.post(f"{path}/invitations")).status_code == 303
    await sign_in("")
    assert (await client.get(link)).status_code == 404


async def test_a_calls_dates_may_be_left_open_and_its_refunds_come_in_order(
    client: httpx2.AsyncClient, sign_in: Any
) -> None:
    category = await make_category()
    base = (await path_of(category)).rpartition("/categories/")[0]
    await sign_in("organizer")
    form = {
        "opens": "2027-01-04T08:00",
        "decisions_on": "",
        "changes_until": "",
        "offer_hours": "48",
        "grace_days": "7",
    }
    tiers = {"days_0": "7", "percent_0": "25", "resold_0": "yes", "days_1": "45", "percent_1": "100", "days_2": ""}
    half = await client.post(base, data={**form, "days_0": "7", "percent_0": ""})
    assert half.status_code == 422
    assert "Give both the days and the percentage" in half.text
    assert (await client.post(base, data={**form, "days_0": "7", "percent_0": "101"})).status_code == 422
    assert (await client.post(base, data={**form, **tiers})).status_code == 303
    call = await Call.get(id=category.call_id)
    assert (call.opens_at, call.decisions_on) == (dt.datetime(2027, 1, 4, 15, tzinfo=dt.UTC), None)
    assert [tier.get("until_days") for tier in call.refund_policy] == [45, 7, None]
