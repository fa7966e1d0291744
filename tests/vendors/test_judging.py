"""Scores by criterion, hidden until one's own are in; conflicts of interest."""

from __future__ import annotations

from typing import Any

import httpx2

from festival.accounts.actions import ensure_person
from festival.kit.clock import now
from festival.organisation.models import AuditEntry
from vendors.judging.rules import Summary, weighted_total
from vendors.models import Application, Criterion, Review

from .making import make_application, make_category


def test_scales_and_weights_become_one_number() -> None:
    assert weighted_total([]) is None
    assert weighted_total([(5, 5, 1), (1, 5, 3)]) == 200
    assert weighted_total([(10, 10, 2), (1, 2, 2)]) == 300
    both = Summary([200, 450])
    assert (both.count, both.mean, both.spread) == (2, 3.25, 2.5)
    assert Summary([]).spread == 0


async def test_scores_by_criterion_hide_the_others_until_in(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    call = await category.call.first().prefetch_related("festival")
    await sign_in("organizer")
    where = f"/organize/calls/{call.festival.slug}/criteria"
    assert (await client.post(where, data={"name": "Food", "points": "5", "weight": "3"})).status_code == 303
    assert (await client.post(where, data={"name": "Story", "points": "11", "weight": "1"})).status_code == 422
    assert (await client.post(where, data={"name": "Story", "points": "10", "weight": "1"})).status_code == 303
    food, story = await Criterion.all().order_by("id")
    one, two = [await make_application(category, state="submitted") for _ in range(2)]
    other = await ensure_person("jury@example.org", name="Other Juror")
    await Review.create(application=one, reviewer=other, score=2, total=200, in_at=now(), at=now(), note="Too salty")

    await sign_in("reviewer")
    path = f"/organize/applications/{one.receipt}"
    assert (await client.post(f"{path}/score", data={f"c{food.id}": "6"})).status_code == 422
    assert (await client.post(f"{path}/score", data={f"c{food.id}": "5", f"n{food.id}": "Fine"})).status_code == 303
    page = (await client.get(path)).text
    assert "Too salty" not in page
    assert 'value="Fine"' in page
    assert '<svg class="plot plot--scores"' not in (await client.get("/organize/applications")).text
    both = {f"c{food.id}": "5", f"n{food.id}": "Fine", f"c{story.id}": "1"}
    assert (await client.post(f"{path}/score", data=both)).status_code == 303
    mine = await Review.get(application=one, total=400)
    assert mine.in_at is not None
    assert "Too salty" in (await client.get(path)).text
    for key in ("mean", "count", "spread"):
        queue = (await client.get("/organize/applications", params={"sort": key})).text
        assert queue.index(one.receipt) < queue.index(two.receipt)
        assert "spread 2" in queue
    await sign_in("organizer")
    assert (await client.post(f"{where}/{story.id}/end")).status_code == 303
    assert (await Review.get(id=mine.id)).total == 500


async def test_a_conflict_shuts_the_scores_until_an_organizer_ends_it(client: httpx2.AsyncClient, sign_in: Any) -> None:
    application = await make_application(await make_category(), state="under_review")
    other = await ensure_person("jury@example.org", name="Other Juror")
    facts = {"score": 2, "total": 200, "in_at": now(), "at": now(), "note": "Too salty"}
    await Review.create(application=application, reviewer=other, **facts)
    path = f"/organize/applications/{application.receipt}"
    await sign_in("reviewer")
    await client.post(f"{path}/score", data={"score": "5"})
    assert "Too salty" in (await client.get(path)).text
    assert (await client.post(f"{path}/conflict", data={"reason": "My cousin"})).status_code == 303
    assert "Too salty" not in (await client.get(path)).text
    assert "plot--scores" not in (await client.get("/organize/applications")).text
    assert (await client.post(f"{path}/score", data={"score": "4"})).status_code == 409
    mine = await Review.get(application=application, conflict_of_interest=True)
    assert (await client.post(f"{path}/conflict/end", data={"review": mine.id})).status_code == 403
    await sign_in("organizer")
    page = (await client.get(path)).text
    assert "My cousin" in page
    assert "<strong>2</strong>" in page  # what the juror gave before does not count
    assert (await client.post(f"{path}/conflict", data={})).status_code == 303
    assert (await client.post(f"{path}/decision", data={"verdict": "accept"})).status_code == 409
    own = await Review.get(application=application, conflict_of_interest=True, id__not=mine.id)
    assert (await client.post(f"{path}/conflict/end", data={"review": own.id})).status_code == 409
    assert (await client.post(f"{path}/conflict/end", data={"review": mine.id})).status_code == 303
    assert not (await Review.get(id=mine.id)).conflict_of_interest
    assert await AuditEntry.filter(action__startswith="conflict.").count() == 3


async def test_a_release_leaves_out_where_one_has_a_conflict(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    festival = await (await category.call).festival
    free, mine = [await make_application(category, state="hold_decline", submitted_at=now()) for _ in range(2)]
    await sign_in("organizer")
    path = f"/organize/applications/{mine.receipt}"
    assert (await client.post(f"{path}/conflict", data={})).status_code == 303
    assert (await client.post(f"{path}/undo")).status_code == 409
    where = f"/organize/festivals/{festival.slug}/decisions"
    page = (await client.get(where)).text
    assert f"<li><bdi>{mine.name}</bdi></li>" in page
    assert f"{free.receipt}" in page
    assert (await client.post(where)).status_code == 303
    assert (await Application.get(id=free.id)).state == "declined"
    assert (await Application.get(id=mine.id)).state == "hold_decline"
    assert f"<li><bdi>{mine.name}</bdi></li>" in (await client.get(where)).text
