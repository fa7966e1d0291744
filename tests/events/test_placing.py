"""Where acts fit: fixes mend what they promise, reasons are true, a proposal breaks nothing."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from events.placing.rules import explain, list_free, offer_fixes, propose
from events.scheduling.rules import Board, Rule, Slot, Span, StageFacts, Wish, find_conflicts
from festival.kit.i18n import put


def at(clock: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2027-06-12T{clock}:00+00:00")


def span(start: str, end: str) -> Span:
    return Span(at(start), at(end))


DAY = span("11:00", "18:00")
MAIN = StageFacts("main", "Main Stage", 10, [DAY], [span("14:00", "15:00")])
SIDE = StageFacts("side", "Side Stage", 5, [span("12:00", "16:00")])
FIELD = StageFacts("field", "Field", 0, [DAY], kind="field")


def slot(act: str, start: str, end: str, stage: str = "main", people: str = "") -> Slot:
    return Slot(act, act.title(), stage, span(start, end), people=frozenset(people.split()))


def board(*slots: Slot, stages: tuple[StageFacts, ...] = (MAIN, SIDE, FIELD)) -> Board:
    return Board({one.act: one for one in slots}, {stage.key: stage for stage in stages})


def chaos(seed: int) -> Board:
    """A dozen acts thrown anywhere."""
    dice = random.Random(seed)
    slots = [
        Slot(
            f"a{number}", f"A{number}", dice.choice(["main", "side", "field"]),
            Span(start := at("11:00") + dt.timedelta(minutes=5 * dice.randrange(80)),
                 start + dt.timedelta(minutes=dice.choice([10, 20, 45]))),
            dice.choice([None, 0, 15]), frozenset(dice.sample("xyz", dice.randrange(3))),
            [DAY] if dice.random() < 0.5 else [span("12:00", "15:00")], dice.random() < 0.7,
        )
        for number in range(12)
    ]  # fmt: skip
    return board(*slots)


@pytest.mark.parametrize("seed", range(40))
def test_what_one_act_breaks_is_what_the_whole_schedule_says_of_it(seed: int) -> None:
    chaotic = chaos(seed)
    whole = find_conflicts(chaotic.slots.values(), chaotic.stages.values(), chaotic.travel_minutes)
    for act, one in chaotic.slots.items():
        expected = {repr(conflict) for conflict in whole if act in (conflict.act, conflict.other)}
        assert {repr(conflict) for conflict in chaotic.breaks(one)} == expected


@pytest.mark.parametrize("seed", range(40))
def test_every_fix_mends_all_that_the_act_breaks(seed: int) -> None:
    chaotic = chaos(seed)
    for act, one in chaotic.slots.items():
        if not chaotic.breaks(one):
            continue
        for fix in offer_fixes(one, chaotic, DAY):
            moved = Slot(
                act, one.title, fix.stage, Span(fix.starts_at, fix.starts_at + dt.timedelta(minutes=fix.minutes)),
                one.changeover_before, one.people, one.available, one.amplified,
            )  # fmt: skip
            after = chaotic.put(moved)
            assert [c for c in after.conflicts() if act in (c.act, c.other)] == [], (seed, act, fix)


def test_fixes_are_the_nearest_and_stay_on_stages_of_their_kind() -> None:
    late = slot("late", "12:05", "12:25")
    fixes = offer_fixes(late, board(slot("a", "11:30", "12:00"), late), DAY)
    assert [(fix.kind, fix.stage, fix.starts_at) for fix in fixes[:2]] == [
        ("time", "main", at("12:10")),
        ("stage", "side", at("12:05")),
    ]
    long = slot("long", "17:30", "18:20")
    shorter = offer_fixes(long, board(long, stages=(MAIN,)), DAY)
    assert ("shorter", 30) in [(fix.kind, fix.minutes) for fix in shorter]


def reason(wish: Wish, on: Board) -> tuple[Rule | None, str]:
    first = explain(wish, on, DAY)[0]
    return first.rule, put(first.message)


def test_the_reason_is_the_rule_that_leaves_no_place() -> None:
    full = board(slot("a", "11:00", "13:55"), slot("b", "15:00", "18:00"), stages=(MAIN,))
    assert reason(Wish("w", "W", 500), full)[0] is Rule.STAGE_HOURS
    assert reason(Wish("w", "W", 20, available=[span("20:00", "22:00")]), full)[0] is Rule.AVAILABILITY
    assert reason(Wish("w", "W", 20, available=[span("14:00", "15:00")]), full)[0] is Rule.QUIET_PERIOD
    assert reason(Wish("w", "W", 50, amplified=False), full) == (
        Rule.CHANGEOVER,
        "Main Stage has no gap of 50 minutes with its changeovers.",
    )
    busy = full.put(slot("c", "13:50", "15:05", "side", "x"))
    assert reason(Wish("w", "W", 20, frozenset("x"), amplified=False), busy)[0] is Rule.SAME_PEOPLE
    fits = explain(Wish("w", "W", 20, amplified=False), full, DAY)[0]
    assert (fits.rule, fits.starts_at) == (None, at("14:05"))


def test_a_proposal_breaks_nothing_moves_nothing_and_places_the_picky_first() -> None:
    wishes = [
        Wish("easy", "Easy", 60),
        Wish("picky", "Picky", 60, available=[span("11:00", "12:00")]),
        Wish("friend", "Friend", 60, frozenset("x")),
        Wish("never", "Never", 60, available=[span("20:00", "22:00")]),
    ]
    start = board(slot("a", "12:10", "13:50"), slot("b", "15:00", "18:00"), stages=(MAIN, SIDE))
    found = propose(wishes, start, DAY)
    assert set(found) == {"easy", "picky", "friend"}
    assert found["picky"].span == span("11:00", "12:00")
    after = start.put(*found.values())
    assert after.conflicts() == []
    assert {after.slots[act] for act in start.slots} == set(start.slots.values())


@pytest.mark.parametrize("seed", range(15))
def test_a_proposal_over_chaos_adds_no_conflict_and_ends(seed: int) -> None:
    chaotic = chaos(seed)
    wishes = [Wish(f"w{number}", f"W{number}", 25, frozenset("xyz"[number % 3])) for number in range(10)]
    found = propose(wishes, chaotic, DAY)
    after = chaotic.put(*found.values())
    assert [c for c in after.conflicts() if c.act in found or c.other in found] == []


def test_a_free_place_is_free_to_the_minute() -> None:
    packed = board(slot("a", "11:00", "12:00"), slot("b", "12:40", "14:00"), stages=(MAIN,))
    free = list_free(Wish("w", "W", 20, available=[span("11:00", "13:00")]), packed, MAIN, DAY)
    assert [one.span for one in free] == [span("12:10", "12:30")]
