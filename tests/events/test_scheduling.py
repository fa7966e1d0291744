"""The seven rules of the schedule: the published demo breaks none, each fixture breaks its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from events.models import ActAvailability, ActMember, Performance, SchedulePlan
from events.programme.actions import Loaded
from events.scheduling.queries import list_conflicts, read_plan
from events.scheduling.rules import Conflict, Rule, Slot, Span, StageFacts, find_conflicts
from festival.kit.i18n import put
from tests.events.conftest import DOCUMENT


def at(clock: str) -> dt.datetime:
    """A time of day on the festival's day, in Aurora (six hours behind UTC in June)."""
    return dt.datetime.fromisoformat(f"2027-06-12T{clock}:00-06:00").astimezone(dt.UTC)


def span(start: str, end: str) -> Span:
    return Span(at(start), at(end))


async def plan_of(year: Loaded) -> SchedulePlan:
    return await SchedulePlan.get(festival_id=year.festival_id)


async def test_the_published_schedule_breaks_no_rule(year: Loaded) -> None:
    slots, _ = await read_plan(await plan_of(year))
    assert len(slots) == 25
    assert await list_conflicts(await plan_of(year)) == []


def change(slots: list[Slot], act: str, **changes: object) -> list[Slot]:
    return [replace(slot, **changes) if slot.act == act else slot for slot in slots]  # type: ignore[arg-type]


FIXTURES = {fixture["id"]: fixture for fixture in DOCUMENT.value["festival"]["conflict_fixtures"]}


@pytest.mark.parametrize("fixture", sorted(FIXTURES))
async def test_each_fixture_breaks_its_rule(year: Loaded, fixture: str) -> None:
    slots, stages = await read_plan(await plan_of(year))
    dancer, group = frozenset({"one dancer"}), frozenset({"one group"})
    given = {
        "c1": lambda: change(slots, "s05", span=span("12:50", "13:15")),
        "c2": lambda: change(slots, "s08", span=span("15:20", "15:45")),
        "c3": lambda: change(change(slots, "s06", people=dancer), "s15", people=dancer),
        "c4": lambda: change(change(slots, "s16", people=group), "s07", people=group),
        "c5": lambda: change(slots, "s18", available=[span("12:00", "15:00")]),
        "c6": lambda: [*slots, Slot("new", "A loud act", "community", span("14:40", "15:00"))],
        "c7": lambda: change(slots, "s11", span=span("17:20", "18:10")),
    }[fixture]
    conflicts = find_conflicts(given(), stages)
    assert FIXTURES[fixture]["rule"] in {str(conflict.rule) for conflict in conflicts}
    assert {conflict.rule for conflict in conflicts} <= {Rule(FIXTURES[fixture]["rule"]), Rule.CHANGEOVER}
    assert all(put(conflict.message) for conflict in conflicts)


MAIN = StageFacts("main", "Main Stage", 10, [span("11:00", "18:00")], [span("14:00", "15:00")])
SIDE = StageFacts("side", "Side Stage", 10)


def slot(act: str, start: str, end: str, stage: str = "main", people: str = "") -> Slot:
    return Slot(act, act.title(), stage, span(start, end), people=frozenset(people.split()))


def rules(conflicts: list[Conflict]) -> list[str]:
    return [str(conflict.rule) for conflict in conflicts]


def test_touching_a_limit_is_within_it() -> None:
    quiet = replace(slot("b", "15:00", "15:30"))
    assert find_conflicts([slot("a", "11:00", "11:30"), slot("c", "11:40", "12:00"), quiet], [MAIN]) == []
    assert rules(find_conflicts([slot("a", "11:00", "11:30"), slot("c", "11:39", "12:00")], [MAIN])) == ["changeover"]
    assert rules(find_conflicts([slot("a", "10:59", "11:30")], [MAIN])) == ["stage_hours"]
    assert rules(find_conflicts([slot("a", "14:59", "15:30")], [MAIN])) == ["quiet_period"]
    assert find_conflicts([replace(slot("a", "14:10", "14:30"), amplified=False)], [MAIN]) == []


def test_an_overlap_is_not_told_again_as_a_changeover() -> None:
    found = find_conflicts([slot("a", "11:00", "12:00"), slot("b", "11:30", "12:30")], [MAIN])
    assert rules(found) == ["stage_overlap"]
    assert (found[0].act, found[0].other) == ("b", "a")


def test_the_changeover_counts_from_the_last_to_leave() -> None:
    long, short, next_one = slot("a", "11:00", "12:00"), slot("b", "11:10", "11:20"), slot("c", "12:05", "12:30")
    found = find_conflicts([long, short, next_one], [MAIN])
    assert [(c.act, c.rule, c.other) for c in found] == [
        ("b", Rule.STAGE_OVERLAP, "a"),
        ("c", Rule.CHANGEOVER, "a"),
    ]


def test_people_need_time_between_stages_but_not_on_one() -> None:
    stay = [slot("a", "11:00", "11:30", people="x"), slot("b", "11:40", "12:00", people="x y")]
    assert find_conflicts(stay, [MAIN]) == []
    go = [stay[0], replace(stay[1], stage="side")]
    found = find_conflicts(go, [MAIN, SIDE])
    assert rules(found) == ["travel"]
    assert put(found[0].message) == "Somebody has only 10 minutes of 15 to get from A to B."
    assert find_conflicts(go, [MAIN, SIDE], travel_minutes=10) == []


async def test_members_availability_and_cancellations_count(year: Loaded) -> None:
    plan = await plan_of(year)
    for act in ("s06", "s15"):
        await ActMember.create(act_id=year.acts[act], name="A dancer", person_key="dancer")
    await ActAvailability.create(act_id=year.acts["s18"], starts_at=at("12:00"), ends_at=at("15:00"))
    assert rules(await list_conflicts(plan)) == ["same_people", "availability"]
    await Performance.filter(act_id=year.acts["s15"]).update(state="cancelled")
    assert rules(await list_conflicts(plan)) == ["availability"]
