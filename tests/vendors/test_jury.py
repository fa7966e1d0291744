"""The jury of a category: who may open and score what, and who may not know that it exists."""

from __future__ import annotations

from typing import Any

import httpx2

from festival.accounts.actions import revoke_role
from festival.accounts.models import RoleGrant
from festival.kit.web.access import NOBODY
from festival.organisation.models import AuditEntry
from vendors.jury.rules import category_of, judged_by, scope_of
from vendors.models import Call, Category

from .making import make_application, make_category


def test_a_scope_names_one_category() -> None:
    assert category_of(scope_of(7)) == 7
    assert [category_of(scope) for scope in ("", "7", "category:", "category:x", "gate:7")] == [None] * 5


def test_the_named_judge_their_own_and_the_others_what_nobody_is_named_for() -> None:
    calls = {1: 10, 2: 10, 3: 10, 4: 20}
    seats = {1: {7, 8}, 2: {8}, 9: {7}}
    assert judged_by(7, calls, seats) == {1, 4}
    assert judged_by(8, calls, seats) == {1, 2, 4}
    assert judged_by(5, calls, seats) == {3, 4}
    assert judged_by(5, calls, {}) == {1, 2, 3, 4}


async def path_of(category: Category) -> str:
    call = await Call.get(id=category.call_id).select_related("festival")
    return f"/organize/calls/{call.festival.slug}/categories/{category.slug}/jury"


async def test_only_the_named_open_and_score(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category, other = await make_category(), await make_category()
    theirs, free = [await make_application(one, state="submitted") for one in (category, other)]
    inside = await sign_in("reviewer", "inside@example.org")
    outside = await sign_in("reviewer", "outside@example.org")
    organizer = await sign_in("organizer")
    path = await path_of(category)
    assert (await client.post(path, data={"people": [inside.id, organizer.id]})).status_code == 303
    assert 'checked> <span><bdi>A reviewer</bdi> <span class="muted small" dir="ltr">inside@' in (
        await client.get(path)
    ).text.replace("\n", "")
    entry = await AuditEntry.get(action="jury.named")
    assert (entry.before, entry.after) == ({"people": []}, {"people": [inside.id]})  # an organizer is no reviewer
    staff = f"/organize/applications/{theirs.receipt}"
    pages = (staff, f"{staff}/changes", f"/applications/{theirs.receipt}")

    await sign_in("reviewer", "outside@example.org")
    queue = (await client.get("/organize/applications")).text
    assert theirs.receipt not in queue
    assert free.receipt in queue
    for page in pages:
        assert (await client.get(page)).status_code == 404
    assert (await client.post(f"{staff}/score", data={"score": "5"})).status_code == 404
    assert (await client.post(path, data={"people": outside.id})).status_code == 403

    await sign_in("reviewer", "inside@example.org")
    assert theirs.receipt in (await client.get("/organize/applications")).text
    for page in pages:
        assert (await client.get(page)).status_code == 200
    assert (await client.post(f"{staff}/score", data={"score": "5"})).status_code == 303

    await sign_in("organizer")
    assert (await client.get(staff)).status_code == 200
    await client.post(path, data={})
    assert not await RoleGrant.exclude(scope="").exists()
    await sign_in("reviewer", "outside@example.org")
    assert (await client.get(staff)).status_code == 200


async def test_who_is_a_reviewer_no_longer_sits_nowhere(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    application = await make_application(category, state="submitted")
    juror = await sign_in("reviewer", "inside@example.org")
    await sign_in("organizer")
    await client.post(await path_of(category), data={"people": juror.id})
    await revoke_role(juror.id, "reviewer", NOBODY)
    assert not await RoleGrant.filter(person_id=juror.id).exists()
    await sign_in("reviewer", "second@example.org")
    assert (await client.get(f"/organize/applications/{application.receipt}")).status_code == 200
