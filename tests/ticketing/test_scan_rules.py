"""The rules of the gate alone: every order of the same scans comes to the same."""

from __future__ import annotations

import datetime as dt
import random

from hypothesis import given
from hypothesis import strategies as st

from ticketing.scan.rules import Answer, Code, Move, Standing, judge_move, sentence, settle, trusted_moment

START = dt.datetime(2027, 6, 12, 17, tzinfo=dt.UTC)
moves = st.lists(
    st.builds(
        Move,
        scan_id=st.uuids().map(str),
        trusted_at=st.integers(0, 5).map(lambda minutes: START + dt.timedelta(minutes=minutes)),
        direction=st.sampled_from(["in", "out"]),
        people=st.integers(1, 4),
        gate=st.sampled_from(["North", "South"]),
        zone_id=st.integers(1, 3),
    ),
    max_size=12,
    unique_by=lambda m: m.scan_id,
)


@given(st.integers(1, 6), moves, st.randoms())
def test_any_order_settles_alike_and_never_beyond_the_party(party: int, made: list[Move], dice: random.Random) -> None:
    standing, verdicts = settle(party, made)
    shuffled = list(made)
    dice.shuffle(shuffled)
    assert settle(party, shuffled) == (standing, verdicts)
    counted = [m for m in made if verdicts[m.scan_id].code is None]
    left = sum(found.left.people for found in verdicts.values() if found.left)
    inside = sum(m.people if m.direction == "in" else -m.people for m in counted) - left
    assert inside == standing.people_in == sum(standing.zones.values())
    assert all(people >= 0 for people in standing.zones.values())
    assert 0 <= standing.people_in <= standing.people_seen <= party
    entries = [m for m in counted if m.direction == "in"]
    assert standing.first_in_at == min((m.trusted_at for m in entries), default=None)


@given(st.integers(1, 6), moves)
def test_taken_as_they_come_they_settle_to_what_was_answered(party: int, made: list[Move]) -> None:
    """Scans answered at once, each at the end of the order, are what settling finds again."""
    standing, admitted = Standing(party), list[Move]()
    for one in sorted(made, key=lambda m: (m.trusted_at, m.scan_id)):
        verdict = judge_move(standing, one)
        if verdict.code is None:
            standing = verdict.standing
            admitted.append(one)
    assert settle(party, admitted)[0] == standing


def test_coming_into_a_zone_is_leaving_the_other() -> None:
    lawn = Move("a", START, "in", 4, "North", zone_id=1)
    museum = Move("b", START + dt.timedelta(minutes=5), "in", 3, "Museum door", zone_id=2)
    again = Move("c", START + dt.timedelta(minutes=9), "in", 2, "North", zone_id=1)
    standing, verdicts = settle(4, [again, museum, lawn])
    assert standing.zones == {1: 3, 2: 1}
    assert (standing.people_in, standing.people_seen) == (4, 4)
    assert verdicts["b"].left is not None
    assert (verdicts["b"].left.zone_id, verdicts["b"].left.people) == (1, 3)
    # The same zone twice is still the same ticket twice.
    assert settle(4, [lawn, Move("d", START, "in", 4, "South", zone_id=1)])[1]["d"].code is Code.ALREADY_IN


def test_every_code_has_its_sentence() -> None:
    for code in [*Code, None]:
        answer = Answer(code, party=4, people_in=3, first_in_at=START, first_in_gate="North")
        words = sentence(answer, lambda at: at.isoformat())
        assert words.text % words.params
        assert Answer.unpack(code or "", "in", 0, answer.pack()) == answer


def test_a_future_moment_is_taken_back_to_its_arrival() -> None:
    skew = dt.timedelta(minutes=10)
    assert trusted_moment(START + skew, skew, START) == START
    assert trusted_moment(START + 5 * skew, skew, START) == START
    assert trusted_moment(START, skew, START) == START - skew
