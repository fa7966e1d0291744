"""The site map: names only from its day on, except for the team."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2

from festival.kit.clock import now
from vendors.booths.rules import booth_state, frame_of
from vendors.models import Booth, BoothAssignment, Call

from .making import make_application, make_category


def test_a_space_is_free_held_taken_or_blocked() -> None:
    found = [booth_state(*facts) for facts in (("", ""), ("", "accepted"), ("", "confirmed"), ("tree", ""))]
    assert found == ["free", "held", "taken", "blocked"]
    assert frame_of([(0, 0, 10, 10), (20, 30, 10, 10)]) == (-14, -14, 58, 68)


async def test_names_stand_on_the_map_from_its_day_on(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    call = await Call.get(id=category.call_id).select_related("festival")
    application = await make_application(category, state="confirmed")
    booth = await Booth.create(
        festival=call.festival, code="T01", prefix="T", zone="Row", x_ft=0, y_ft=0, width_ft=10, depth_ft=10
    )
    await BoothAssignment.create(booth=booth, application=application, assigned_at=now())
    path = f"/festival/{call.festival.slug}/map"
    early = await client.get(path)
    assert "T01" in early.text
    assert application.name not in early.text
    await Call.filter(id=call.id).update(map_public_at=now() - dt.timedelta(days=1))
    assert application.name in (await client.get(path)).text
    await sign_in("organizer")
    staff = await client.get(f"/organize/festivals/{call.festival.slug}/map")
    assert application.receipt in staff.text
    assert (await client.get("/festival/none/map")).status_code == 404
