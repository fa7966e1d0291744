"""Beside an application stands what the same applicant or business did before, as far as the asker may know."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from festival.accounts.actions import ensure_person
from festival.kit.clock import now
from festival.payments.models import Obligation
from vendors.earlier.rules import same_name
from vendors.models import Application, Call, Review

from .making import make_application, make_category


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Bánh Mì Bay", "BANH MI  BAY", True), ("Sol & Sal, Tacos", "Sol Sal Tacos", True),
        ("", "", False), ("!", "?", False), ("Blue Nile", "Blue Nile 2", False),
    ],
)  # fmt: skip
def test_names_are_compared_however_written(one: str, other: str, *, same: bool) -> None:
    assert same_name(one, other) is same


async def test_earlier_years_beside_an_application(client: httpx2.AsyncClient, sign_in: Any) -> None:
    old, new = await make_category(name="Old stalls"), await make_category(name="New stalls")
    bill = await Obligation.create(
        description="Space", due_cents=9_000, paid_cents=9_000, refunded_cents=1_500, state="paid", created_at=now()
    )
    missed = await make_application(old, "selam@example.org", "no_show", submitted_at=now(), obligation_id=bill.id)
    twin = await make_application(old, "other@example.org", "completed", submitted_at=now())
    await make_application(old, "selam@example.org", "draft")
    stranger = await make_application(old, "third@example.org", "declined", submitted_at=now())
    one = await make_application(new, "selam@example.org", "submitted", submitted_at=now())
    await Application.filter(id=one.id).update(name="Bánh Mì Bay")
    await Application.filter(id=twin.id).update(name="BANH MI BAY")
    juror = await ensure_person("jury@example.org", name="Other Juror")
    facts = {"total": 300, "in_at": now(), "at": now()}
    await Review.create(application=missed, reviewer=juror, note="Left their rubbish", **facts)
    await Review.create(application=twin, reviewer=juror, note="My cousin's", conflict_of_interest=True, **facts)
    here = f"/organize/applications/{one.receipt}"

    def rows(page: str) -> str:
        return page.partition('id="earlier"')[2].partition("</section>")[0]

    await sign_in("organizer")
    panel = rows((await client.get(here)).text)
    assert missed.receipt in panel
    assert twin.receipt in panel
    assert panel.count("another account") == 1
    assert panel.count("<tr>") == 3
    assert stranger.receipt not in panel
    assert "$75" in panel
    assert "Left their rubbish" in panel
    assert "cousin" not in panel

    await sign_in("reviewer")
    panel = rows((await client.get(here)).text)
    assert missed.receipt in panel
    assert "$75" not in panel
    assert "rubbish" not in panel  # a juror reads others' notes only where their own scores are in
    me = await sign_in("reviewer")
    await Review.create(application=missed, reviewer=me, note="", **facts)
    assert "Left their rubbish" in rows((await client.get(here)).text)

    await Call.filter(id=new.call_id).update(blind=True)
    assert rows((await client.get(here)).text) == ""
