"""What the tests of this room begin with: a festival with a call, a category, applications in any state."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from events.models import Festival, Venue
from festival.accounts.actions import ensure_person
from festival.kit.clock import now
from vendors.models import Application, Call, Category

FESTIVAL_DAY = dt.datetime(2027, 6, 12, 17, tzinfo=dt.UTC)
_numbers = itertools.count(1)


async def make_category(cap: int = 2, **facts: Any) -> Category:
    """A category of a fresh festival's open call."""
    number = next(_numbers)
    venue = await Venue.create(slug=f"lawn-{number}", name="Great Lawn", changed_at=now())
    festival = await Festival.create(
        slug=f"fest-{number}", name="Global Fest", venue=venue, starts_at=FESTIVAL_DAY, state="published",
        ends_at=FESTIVAL_DAY + dt.timedelta(hours=7), changed_at=now(),
    )  # fmt: skip
    call = await Call.create(
        festival=festival, opens_at=now() - dt.timedelta(days=30), offer_hours=120, grace_days=7,
        refund_policy=[{"until_days": 45, "refund_pct": 100}, {"until_days": 0, "refund_pct": 0}],
    )  # fmt: skip
    defaults: dict[str, Any] = {
        "slug": "food_truck", "name": "Food truck", "fee_cents": 15_000, "closes_at": now() + dt.timedelta(days=30)
    }  # fmt: skip
    return await Category.create(call=call, cap=cap, **(defaults | facts))


async def make_application(category: Category, email: str = "", state: str = "draft", **facts: Any) -> Application:
    """An application written straight into the table, for tests that begin in the middle."""
    number = next(_numbers)
    person = await ensure_person(email or f"vendor{number}@example.org", name="Selam Tesfaye")
    return await Application.create(
        category=category, applicant=person, receipt=f"GF-TEST-{number:04}", name=f"Stand {number}", state=state,
        created_at=now(), changed_at=now(), **facts,
    )  # fmt: skip
