"""The schedule's desk: acts placed, conflicts named with fixes, versions compared and published, letters."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import httpx2
import pytest

from events.models import Act, ActAvailability, Performance, ScheduleOverride, SchedulePlan
from events.programme.actions import Loaded
from events.scheduling.queries import get_festival, read_desk
from festival.mail.models import MailMessage
from festival.organisation.models import AuditEntry
from tests.events.conftest import DOCUMENT, CountQueries

BASE = "/organize/festivals/global-fest-2027/schedule"
FIXTURES = {fixture["id"]: fixture for fixture in DOCUMENT.value["festival"]["conflict_fixtures"]}
RULES = {fixture["rule"] for fixture in FIXTURES.values()}


async def plan_number(number: int) -> SchedulePlan:
    return await SchedulePlan.get(number=number)


async def row_of(act: str, number: int = 2) -> Performance:
    return await Performance.get(act__slug=act, plan__number=number).select_related("stage")


def clock(moment: dt.datetime) -> str:
    return f"{moment - dt.timedelta(hours=6):%H:%M}"


def named(page: str) -> list[str]:
    """The rules that a page names, by the marks that its list carries."""
    return re.findall(r'data-rule="(\w+)"', page)


async def place(client: httpx2.AsyncClient, act: str, stage: str, start: str, number: int = 2, **more: str) -> Any:
    row = await Performance.get_or_none(act__slug=act, plan__number=number)
    data = {"stage": stage, "starts": f"2027-06-12T{start}", "revision": str(row.revision if row else 0), **more}
    return await client.post(f"{BASE}/{number}/acts/{act}", data=data)


async def make_version(client: httpx2.AsyncClient) -> int:
    """A draft that is a copy of the public version."""
    answer = await client.post(BASE, data={"source": "1", "name": "A try"})
    return int(answer.headers["location"].rsplit("/", 1)[1])


async def test_the_public_version_has_no_conflict_and_the_draft_names_all_seven(
    wishes: Loaded, client: httpx2.AsyncClient, sign_in: Any
) -> None:
    await sign_in("organizer")
    public = (await client.get(f"{BASE}/1")).text
    assert "No conflicts" in public
    assert named(public) == []
    assert public.count('class="board__act ') == 25
    draft = (await client.get(BASE)).text
    assert sorted(named(draft)) == sorted(RULES)
    assert "7 conflicts" in draft


MOVES: dict[str, list[tuple[str, str, str, dict[str, str]]]] = {
    "c1": [("s05", "main", "12:50", {})],
    "c2": [("s08", "main", "15:20", {})],
    "c3": [("w03", "field", "15:00", {}), ("w04", "museum", "14:55", {})],
    "c4": [("w05", "field", "14:30", {})],
    "c5": [("s18", "community", "16:00", {})],
    "c6": [("w02", "community", "14:40", {})],
    "c7": [("s11", "main", "17:20", {"minutes": "50"})],
}


@pytest.mark.parametrize("fixture", sorted(FIXTURES))
async def test_each_fixture_is_named_by_its_rule_at_once(
    wishes: Loaded, client: httpx2.AsyncClient, sign_in: Any, fixture: str
) -> None:
    await sign_in("organizer")
    number = await make_version(client)
    if fixture == "c5":
        free: dict[str, Any] = {name: dt.datetime.fromisoformat(f"2027-06-12T{hour}:00-06:00") for name, hour in
                (("starts_at", "12:00"), ("ends_at", "15:00"))}  # fmt: skip
        await ActAvailability.create(act_id=wishes.acts["s18"], **free)
    answer: Any = None
    for act, stage, start, more in MOVES[fixture]:
        answer = await place(client, act, stage, start, number, **more)
        assert answer.status_code == 303
    page = (await client.get(answer.headers["location"])).text
    assert named(page) == [FIXTURES[fixture]["rule"]]
    assert "It fits: no rule is broken." not in page
    closed = await client.post(f"{BASE}/{number}/publish", data={"seen": "1"})
    assert closed.status_code == 409
    assert "1 conflict is still open." in html.unescape(closed.text)


async def test_the_offered_fix_mends_and_is_undone(wishes: Loaded, client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("organizer")
    number = await make_version(client)
    page = (await client.get((await place(client, "s08", "main", "15:20", number)).headers["location"])).text
    assert "Only 5 minutes of 15 to change over" in page
    assert "to 3:30" in html.unescape(page)
    assert (await place(client, "s08", "main", "15:30", number)).status_code == 303
    page = (await client.get(f"{BASE}/{number}?act=s08")).text
    assert "It fits: no rule is broken." in page
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    assert (await client.post(f"{BASE}/{number}/undo", data={"seen": seen[1]})).status_code == 303
    assert clock((await row_of("s08", number)).starts_at) == "15:20"
    again = await client.post(f"{BASE}/{number}/undo", data={"seen": seen[1]})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({"stage": "nowhere"}, 422, "There is no such stage."),
        ({"starts": "2028-06-12T12:00"}, 422, "This is not a day of the festival."),
        ({"starts": "soon"}, 422, "Write a wall time like"),
        ({"minutes": "0"}, 422, "This is less than 5."),
        ({"revision": "99"}, 409, "Somebody changed this schedule in the meantime."),
        ({"revision": "0"}, 409, "Somebody changed this schedule in the meantime."),
    ],
)
async def test_what_cannot_be_is_told(
    wishes: Loaded, client: httpx2.AsyncClient, sign_in: Any, change: dict[str, str], status: int, told: str
) -> None:
    await sign_in("organizer")
    before = (await row_of("s05")).starts_at
    data = {"stage": "main", "starts": "2027-06-12T13:15", "minutes": "25", "revision": "1", **change}
    answer = await client.post(f"{BASE}/2/acts/s05", data=data)
    assert answer.status_code == status
    assert told in html.unescape(answer.text)
    assert (await row_of("s05")).starts_at == before


async def test_only_a_draft_is_arranged(wishes: Loaded, client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("organizer")
    assert (await place(client, "s05", "main", "13:10", 1)).status_code == 409
    assert (await client.post(f"{BASE}/1/acts/s05/unplace")).status_code == 409
    assert (await client.post(f"{BASE}/1/propose")).status_code == 409
    assert (await client.post(f"{BASE}/1/undo", data={"seen": "1"})).status_code == 409
    assert clock((await row_of("s05", 1)).starts_at) == "13:15"


async def test_unplaced_acts_say_why_and_a_proposal_places_what_fits(
    wishes: Loaded, client: httpx2.AsyncClient, sign_in: Any
) -> None:
    await sign_in("organizer")
    number = await make_version(client)
    page = (await client.get(f"{BASE}/{number}")).text
    assert "7 acts without a place" in page
    assert "Great Lawn Main Stage has no gap of 45 minutes with its changeovers." in page
    assert (await client.post(f"{BASE}/{number}/propose")).status_code == 303
    plan = await plan_number(number)
    desk = await read_desk(await get_festival("global-fest-2027"), plan)
    assert desk.board.conflicts() == []
    assert len(desk.unplaced) < 7
    assert await Performance.filter(plan_id=plan.id).count() == 32 - len(desk.unplaced)


async def test_publishing_tells_only_those_whose_time_changed(
    wishes: Loaded, client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any
) -> None:
    await sign_in("organizer")
    number = await make_version(client)
    await Act.filter(id__in=[wishes.acts["s19"], wishes.acts["s20"]]).update(contact_email="act@example.org")
    await place(client, "s20", "community", "17:05", number)
    await client.post(f"{BASE}/{number}/acts/s25/unplace")
    await place(client, "w06", "community", "14:40", number)
    page = html.unescape((await client.get(f"{BASE}/{number}/publish")).text)
    assert "3 acts get a letter" in page
    old = {act: await row_of(act, 1) for act in ("s19", "s20", "s25")}
    assert (await client.post(f"{BASE}/{number}/publish", data={"seen": "1"})).status_code == 303
    assert (await plan_number(1)).state == "superseded"
    same, moved, gone = [await row_of(act, number) for act in ("s19", "s20", "s25")]
    assert (same.sequence, same.revision, same.changed_at) == (0, old["s19"].revision, old["s19"].changed_at)
    assert (moved.sequence, moved.revision) == (1, old["s20"].revision + 1)
    assert (gone.sequence, gone.state) == (1, "cancelled")
    assert (await row_of("w06", number)).sequence == 0
    await run_jobs()
    letters = {mail.recipient: mail for mail in await MailMessage.filter(kind="schedule.time_changed")}
    assert sorted(letters) == ["act@example.org", "prairie.strings@demo.example"]
    assert "Hiddo Poets" in letters["act@example.org"].text
    assert "5:05" in letters["act@example.org"].text
    again = await client.post(f"{BASE}/{number}/publish", data={"seen": "1"})
    assert again.status_code == 409


async def test_a_conflict_is_let_be_by_name_or_blocks(wishes: Loaded, client: httpx2.AsyncClient, sign_in: Any) -> None:
    person = await sign_in("organizer")
    number = await make_version(client)
    await place(client, "s11", "main", "17:20", number, minutes="50")
    path = f"{BASE}/{number}/acts/s11"
    assert (await client.post(f"{path}/allow", data={"rule": "stage_hours", "reason": ""})).status_code == 422
    assert (await client.post(f"{path}/allow", data={"rule": "no_rule", "reason": "x"})).status_code == 422
    given = {"rule": "stage_hours", "reason": "The permit runs until 18:30"}
    assert (await client.post(f"{path}/allow", data=given)).status_code == 303
    override = await ScheduleOverride.get(act_id=wishes.acts["s11"])
    assert (override.rule, override.overridden_by) == ("stage_hours", person.id)
    assert await AuditEntry.filter(action="schedule.allowed", actor_id=person.id).count() == 1
    assert "by A organizer: The permit runs until 18:30" in (await client.get(f"{BASE}/{number}/publish")).text
    await client.post(f"{path}/forbid", data={"rule": "stage_hours"})
    assert (await client.post(f"{BASE}/{number}/publish", data={"seen": "1"})).status_code == 409
    await client.post(f"{path}/allow", data=given)
    assert (await client.post(f"{BASE}/{number}/publish", data={"seen": "1"})).status_code == 303


async def test_two_versions_are_compared(wishes: Loaded, client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("organizer")
    page = html.unescape((await client.get(f"{BASE}/2/compare")).text)
    assert "8 acts are different." in page
    assert "Both versions are the same." in (await client.get(f"{BASE}/2/compare?with=2")).text
    assert (await client.get(f"{BASE}/2/compare?with=99")).status_code == 404


async def test_the_desk_keeps_its_queries(
    wishes: Loaded, client: httpx2.AsyncClient, sign_in: Any, count_queries: CountQueries
) -> None:
    await sign_in("organizer")
    await client.get(f"{BASE}/2")  # what the first request of a process reads besides
    counts: list[int] = []
    for keep in (True, False):
        with count_queries() as queries:
            assert (await client.get(f"{BASE}/2")).status_code == 200
        counts.append(len(queries))
        if keep:
            await Performance.filter(plan__number=2).exclude(act__slug="s01").delete()
    assert counts[0] == counts[1]


async def test_acts_are_made_and_changed(wishes: Loaded, client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("organizer")
    acts = "/organize/festivals/global-fest-2027/acts"
    form = {
        "title": "Zumra Oud Trio", "minutes": "25", "people": "3", "members": "Ali Zumra\nSara Lind\n",
        "available": "2027-06-12 12:00-15:00", "contact_email": "zumra@example.org", "needs": "2 DI",
    }  # fmt: skip
    assert "Baila Caribe" in (await client.get(acts)).text
    assert (await client.post(acts, data={**form, "minutes": "1"})).status_code == 422
    assert (await client.post(acts, data=form)).status_code == 303
    act = await Act.get(slug="zumra-oud-trio")
    assert (act.set_minutes, act.amplified, await act.members.all().count()) == (25, False, 2)
    page = (await client.get(f"{acts}/{act.slug}")).text
    assert "2027-06-12 12:00-15:00" in page
    wrong = await client.post(f"{acts}/{act.slug}", data={**form, "available": "at noon"})
    assert wrong.status_code == 422
    assert "Write one time a line" in wrong.text
    assert (await client.post(f"{acts}/{act.slug}", data={**form, "title": "Zumra"})).status_code == 303
    assert (await Act.get(id=act.id)).title == "Zumra"
    before = await row_of("s05", 1)
    await client.post(f"{acts}/s05", data={**form, "title": "Rosario", "members": ""})
    after = await row_of("s05", 1)
    assert (after.revision, after.sequence) == (before.revision + 1, before.sequence)


async def test_only_organizers_come_in(wishes: Loaded, client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("reviewer")
    for path in (BASE, f"{BASE}/2", f"{BASE}/2/publish", f"{BASE}/2/acts/s05", "/organize/schedule"):
        assert (await client.get(path)).status_code == 403
    await sign_in("organizer", "second@example.org")
    for path in (f"{BASE}/9", f"{BASE}/x", f"{BASE}/2/acts/none", "/organize/festivals/none/schedule"):
        assert (await client.get(path)).status_code == 404
    assert (await client.get("/organize/schedule")).headers["location"] == BASE
