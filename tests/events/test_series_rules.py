"""A rule as people say it, to RFC 5545 and back, and which dates stay when it changes."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.copying.rules import shift_timing
from events.models import Series
from events.recurrence.rules import Planned, Timing, list_walls, plan_series
from events.series.forms import SeriesForm, form_of
from events.series.rules import DAYS, Held, Repeat, cut_rule, merge_dates, read_parts, read_rule, write_rule
from events.series.words import describe
from festival.kit import i18n
from festival.kit.errors import Invalid

DENVER = ZoneInfo("America/Denver")
UNTIL = dt.date(2027, 5, 31)
FORM: dict[str, Any] = {
    "starts_on": "2027-01-01", "starts": "18:00", "ends": "19:30", "how": "weekday", "ordinal": "1",
    "weekday": "SA", "until": "2027-07-31", "not_on": ["2027-07-03"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("repeat", "rule"),
    [
        (Repeat("once"), ""),
        (Repeat("daily", 2, count=5), "FREQ=DAILY;INTERVAL=2;COUNT=5"),
        (Repeat("weekly", 1, ("TU", "TH"), until=UNTIL), "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270601T055959Z"),
        (Repeat("weekday", 1, ("SA",), -1, count=10), "FREQ=MONTHLY;BYDAY=-1SA;COUNT=10"),
        (Repeat("monthday", 3, count=4), "FREQ=MONTHLY;INTERVAL=3;COUNT=4"),
        (Repeat("yearly", count=3), "FREQ=YEARLY;COUNT=3"),
    ],
)
def test_there_and_back(repeat: Repeat, rule: str) -> None:
    assert write_rule(repeat, DENVER, all_day=False) == rule
    assert read_rule(rule, DENVER) == repeat


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (
            "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1;COUNT=3",
            "On Monday and Tuesday. Of these days only the last. 3 times.",
        ),
        ("FREQ=YEARLY;BYMONTH=6;BYDAY=2SA;COUNT=3", "On the second Saturday of the month. Only in June. 3 times."),
        (
            "FREQ=MONTHLY;BYDAY=1TH,3TH;INTERVAL=2;COUNT=6",
            "On the first Thursday of the month. On the third Thursday of the month. Only every 2 months. 6 times.",
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20270601T055959Z", "On the last day of the month. Until May 31, 2027."),
        ("FREQ=YEARLY;BYDAY=20MO;COUNT=2", "By the rule FREQ=YEARLY;BYDAY=20MO. 2 times."),
    ],
)
def test_what_the_editor_has_no_fields_for_stays_what_it_is(rule: str, words: str) -> None:
    i18n.use_language("en")
    repeat = read_rule(rule, DENVER)
    assert repeat.how == "own"
    assert describe(repeat, dt.date(2027, 1, 7)) == words
    assert read_parts(write_rule(repeat, DENVER, all_day=False)) == read_parts(rule)


def test_the_editor_opens_such_a_rule_as_it_is_and_changes_only_its_hours() -> None:
    rule = "FREQ=MONTHLY;BYDAY=1TH,3TH;COUNT=6"
    held = SimpleNamespace(
        id=1, rrule=rule, starts_local="2027-02-04T16:00", minutes=150, all_day=False, revision=1, exceptions=[],
        ends_on=None, starts_on=None,
    )  # fmt: skip
    shown = form_of(cast("Series", held))
    assert (shown["how"], shown["rule"]) == ("own", "FREQ=MONTHLY;BYDAY=1TH,3TH")
    before = Timing(DENVER, dt.datetime(2027, 2, 4, 16), 150, None, rule)  # noqa: DTZ001 - a wall time
    timing = SeriesForm.model_validate({**shown, "starts": "15:00"}).timing()
    assert [wall.date() for wall in list_walls(timing)] == [wall.date() for wall in list_walls(before)]  # type: ignore[union-attr]
    for bomb in ("", "FREQ=SECONDLY", "FREQ=DAILY;COUNT=9", "nonsense"):
        with pytest.raises(Invalid) as caught:
            SeriesForm.model_validate({**shown, "rule": bomb}).timing()
        assert list(caught.value.errors) == ["how"]


def test_a_rule_of_its_own_is_copied_with_its_end() -> None:
    first = dt.datetime(2027, 2, 4, 16)  # noqa: DTZ001 - a wall time
    timing = Timing(DENVER, first, 150, None, "FREQ=MONTHLY;BYDAY=1TH,3TH;UNTIL=20270601T055959Z")
    days = [str(wall)[:10] for wall in list_walls(shift_timing(timing))]
    assert days == [
        "2028-02-03", "2028-02-17", "2028-03-02", "2028-03-16", "2028-04-06", "2028-04-20", "2028-05-04", "2028-05-18",
    ]  # fmt: skip


def test_what_goes_on_past_midnight_is_said_and_lasts_so_long() -> None:
    night = {**FORM, "starts": "21:00", "ends": "01:30", "until": "2027-12-31"}
    with pytest.raises(Invalid):
        SeriesForm.model_validate(night).timing()
    timing = SeriesForm.model_validate({**night, "overnight": "yes"}).timing()
    assert timing.minutes == 270
    # The clocks are set back in the night after the first Saturday of November: it is as long as on other days.
    assert {(time.ends_at - time.starts_at) for time in plan_series(timing)} == {dt.timedelta(minutes=270)}
    with pytest.raises(Invalid):
        SeriesForm.model_validate({**FORM, "overnight": "yes"}).timing()


def test_every_first_saturday_until_a_day_but_not_on_one() -> None:
    form = SeriesForm.model_validate(FORM)
    timing = form.timing()
    days = [time.starts_on for time in plan_series(timing, form.exceptions())]
    first_saturdays = [dt.date(2027, 1, 2), dt.date(2027, 2, 6), dt.date(2027, 3, 6), dt.date(2027, 4, 3)]
    assert days == [*first_saturdays, dt.date(2027, 5, 1), dt.date(2027, 6, 5)]
    # Six in the evening is six in the evening, before and after the clocks change.
    assert {time.starts_at.astimezone(DENVER).time() for time in plan_series(timing)} == {dt.time(18)}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends": "17:00"}, "ends"),
        ({"starts": ""}, "starts"),
        ({"until": ""}, "until"),
        ({"until": "2026-12-31"}, "until"),
        ({"until": "9999-12-31"}, "until"),  # a rule that goes on for ten years
        ({"ending": "count"}, "count"),
        ({"not_on": ["2027-07-03", "2027-07-03"]}, "not_on"),
        ({"how": "once", "starts_on": "2027-03-14", "starts": "02:30", "ends": "04:00"}, "starts"),
        ({"all_day": "yes", "last_on": "2026-12-01"}, "last_on"),
    ],
)
def test_bad_rules_are_told_at_their_field(change: dict[str, Any], field: str) -> None:
    form = SeriesForm.model_validate({**FORM, **change})
    with pytest.raises(Invalid) as caught:
        _ = form.timing(), form.exceptions()
    assert list(caught.value.errors) == [field]


def test_in_words_of_each_language() -> None:
    first, skipped = dt.date(2027, 1, 2), [dt.date(2027, 7, 4)]
    repeat = Repeat("weekday", 1, ("SA",), 1, until=UNTIL)
    i18n.use_language("en")
    words = describe(repeat, first, skipped)
    assert words == "On the first Saturday of the month. Until May 31, 2027. Not on July 4, 2027."
    assert describe(Repeat("weekly", 2, ("TU", "TH"), count=8), first) == (
        "Every 2 weeks on Tuesday and Thursday. 8 times."
    )
    assert describe(Repeat("weekly", count=1), first) == "Every week on Saturday. 1 time."
    i18n.use_language("es")
    assert "sábado" in describe(repeat, first)
    i18n.use_language("en")


def _planned(*days: str) -> list[Planned]:
    return [time for day in days for time in plan_series(Timing(DENVER, dt.datetime.fromisoformat(f"{day}T18:00"), 60))]


def test_a_date_on_the_same_day_stays_the_one_it_was() -> None:
    held = [Held(1, "2027-01-05T19:00"), Held(2, "2027-01-12T19:00")]
    merged = merge_dates(held, _planned("2027-01-12", "2027-01-19"))
    assert [(date.id, time.original_local) for date, time in merged.kept] == [(2, "2027-01-12T18:00")]
    assert [time.original_local for time in merged.new] == ["2027-01-19T18:00"]
    assert [date.id for date in merged.gone] == [1]


@given(
    start=st.dates(dt.date(2026, 1, 1), dt.date(2030, 12, 31)),
    count=st.integers(2, 60),
    cut=st.integers(1, 59),
    days=st.sets(st.sampled_from(DAYS), min_size=1),
)
def test_a_cut_rule_gives_exactly_what_was_before(start: dt.date, count: int, cut: int, days: set[str]) -> None:
    day = start
    while DAYS[day.weekday()] not in days:
        day += dt.timedelta(days=1)
    rule = write_rule(Repeat("weekly", 1, tuple(days), count=count), DENVER, all_day=False)
    timing = Timing(DENVER, dt.datetime.combine(day, dt.time(23, 30)), 15, None, rule)
    walls = list_walls(timing)
    kept = walls[: min(cut, len(walls))]
    last = kept[-1].date() if isinstance(kept[-1], dt.datetime) else kept[-1]
    shorter = Timing(DENVER, timing.start, 15, None, cut_rule(rule, last, DENVER, all_day=False))
    assert list_walls(shorter) == kept


@given(start=st.dates(dt.date(2026, 1, 1), dt.date(2030, 12, 31)), count=st.integers(1, 12))
def test_a_year_later_is_the_same_weekday(start: dt.date, count: int) -> None:
    rule = write_rule(Repeat("weekly", count=count), DENVER, all_day=False)
    timing = Timing(DENVER, dt.datetime.combine(start, dt.time(11)), 60, None, rule)
    moved = list_walls(shift_timing(timing))
    assert [wall.weekday() for wall in moved] == [start.weekday()] * count
    assert str(moved[0]) == str(timing.start + dt.timedelta(weeks=52))


def test_the_first_saturday_stays_the_first_saturday() -> None:
    rule = "FREQ=MONTHLY;BYDAY=1SA;COUNT=3"
    timing = Timing(DENVER, dt.datetime.fromisoformat("2028-01-01T10:00"), 60, None, rule)
    assert [str(wall)[:10] for wall in list_walls(shift_timing(timing))] == ["2029-01-06", "2029-02-03", "2029-03-03"]
