"""Review: the queue, scores, held decisions and their release, spaces; who may do what."""

from __future__ import annotations

from typing import Any

import httpx2

from festival.mail.models import MailMessage
from vendors.lifecycle.reasons import LISTED, MOST_OWN_WORDS, compose_reason, reason_lines
from vendors.models import Application, Booth, BoothAssignment, Category, Decision, Review

from .making import make_application, make_category


async def make_booths(category: Category, *codes: str) -> None:
    festival_id = (await category.call).festival_id
    for code in codes:
        await Booth.create(
            festival_id=festival_id, code=code, prefix="T", zone="Row", x_ft=0, y_ft=0, width_ft=10, depth_ft=10
        )


async def test_scored_held_released_and_told(client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any) -> None:
    category = await make_category(cap=1)
    first, second = [await make_application(category, state="submitted") for _ in range(2)]
    await make_application(category, state="draft")
    await sign_in("reviewer")
    queue = (await client.get("/organize/applications")).text
    assert first.receipt in queue
    assert queue.count("/organize/applications/GF-") == 2  # a draft is its owner's own
    path = f"/organize/applications/{first.receipt}"
    for score in ("4", "5"):
        assert (await client.post(f"{path}/score", data={"score": score})).status_code == 303
    assert [row.score for row in await Review.filter(application=first)] == [5]
    refused = await client.post(f"{path}/score", data={"score": "6", "note": "Best momos <in> town"})
    assert refused.status_code == 422
    assert "This is more than 5." in refused.text
    assert "Best momos &lt;in&gt; town</textarea>" in refused.text
    page = (await client.get(path)).text
    assert "Cost" not in page
    assert (await client.post(f"{path}/decision", data={"verdict": "accept"})).status_code == 403

    await sign_in("organizer")
    assert (await client.post(f"{path}/decision", data={"verdict": "accept"})).status_code == 303
    assert (await Application.get(id=first.id)).state == "hold_accept"
    other = f"/organize/applications/{second.receipt}/decision"
    full = await client.post(other, data={"verdict": "accept"})
    assert full.status_code == 409
    assert "All places of this category are taken" in full.text
    assert (await Application.get(id=second.id)).state == "submitted"
    assert await Decision.all().count() == 1
    await client.post(other, data={"verdict": "decline", "reason": "Category full"})
    await run_jobs()
    assert await MailMessage.all().count() == 0
    slug = (await category.call.first().prefetch_related("festival")).festival.slug
    assert first.name in (await client.get(f"/organize/festivals/{slug}/decisions")).text
    assert (await client.post(f"/organize/festivals/{slug}/decisions")).status_code == 303
    await run_jobs()
    assert await MailMessage.all().count() == 2
    states = await Application.filter(id__in=[first.id, second.id]).order_by("id").values_list("state", flat=True)
    assert list(states) == ["offered", "declined"]


async def test_a_space_is_given_once(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category(booth_prefix="T")
    await make_booths(category, "T01", "T02")
    first, second = [await make_application(category, state="confirmed") for _ in range(2)]
    await sign_in("organizer")
    path = "/organize/applications/{}/booth"
    assert (await client.post(path.format(first.receipt), data={"code": "T01"})).status_code == 303
    taken = await client.post(path.format(second.receipt), data={"code": "T01"})
    assert taken.status_code == 409
    assert "This space is taken" in taken.text
    assert (await client.post(path.format(first.receipt), data={"code": "T02"})).status_code == 303
    assert (await client.post(path.format(second.receipt), data={"code": "T01"})).status_code == 303
    assert await BoothAssignment.filter(ended_at=None).count() == 2


async def test_applicants_and_strangers_stay_outside(client: httpx2.AsyncClient, sign_in: Any) -> None:
    application = await make_application(await make_category(), state="submitted")
    await sign_in("")
    for path in ("", f"/{application.receipt}"):
        assert (await client.get(f"/organize/applications{path}")).status_code == 403


def test_a_reason_is_kept_as_text_and_fits_its_column() -> None:
    longest = max(len(compose_reason(code, "x" * MOST_OWN_WORDS)) for code in LISTED)
    assert longest <= 300
    assert compose_reason("", "") == ""
    assert [line.text for line in reason_lines(compose_reason("full", "Draft 100 %"))] == [LISTED["full"], "%(text)s"]


async def test_a_listed_reason_is_read_in_the_applicants_language(
    client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any
) -> None:
    me = await sign_in("organizer")
    category = await make_category()
    application = await make_application(category, me.email, state="submitted", language="es")
    path = f"/organize/applications/{application.receipt}"
    wrong = await client.post(f"{path}/decision", data={"verdict": "decline", "listed": "because"})
    assert wrong.status_code == 422
    words = {"verdict": "decline", "listed": "full", "reason": "Draft: come in 2028", "at_once": "on"}
    assert (await client.post(f"{path}/decision", data=words)).status_code == 303
    await run_jobs()
    letter = await MailMessage.all().order_by("-id").first()
    assert letter is not None
    for shown in (str(letter.text), (await client.get(f"/es/applications/{application.receipt}")).text):
        assert "Hubo más solicitudes que lugares." in shown
        assert "Draft: come in 2028" in shown
    assert LISTED["full"] in (await client.get(path)).text
