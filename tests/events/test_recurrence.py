"""Rules in wall time: right across clock changes, bounded, refused in words."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.recurrence.rules import Exceptions, RecurrenceWrong, Timing, parse_wall, plan_series, wall_text

DENVER = ZoneInfo("America/Denver")


def timing(start: str, rule: str = "", minutes: int = 60, last_on: dt.date | None = None) -> Timing:
    return Timing(DENVER, parse_wall(start), minutes, last_on, rule)


def starts(of: Timing, exceptions: Exceptions | None = None) -> list[str]:
    return [p.starts_at.astimezone(DENVER).isoformat(timespec="minutes") for p in plan_series(of, exceptions)]


def test_a_weekly_rule_keeps_its_wall_time_when_the_clocks_change() -> None:
    assert starts(timing("2027-03-04T18:00", "FREQ=WEEKLY;BYDAY=TH;COUNT=3")) == [
        "2027-03-04T18:00-07:00",
        "2027-03-11T18:00-07:00",
        "2027-03-18T18:00-06:00",
    ]


def test_until_is_in_utc_and_includes_its_own_moment() -> None:
    at_six = timing("2027-12-06T18:00", "FREQ=DAILY;UNTIL=20271208T010000Z")
    assert len(plan_series(at_six)) == 2
    assert len(plan_series(timing("2027-12-06T18:00", "FREQ=DAILY;UNTIL=20271208T005959Z"))) == 1


def test_first_and_third_thursdays() -> None:
    days = [p.starts_on for p in plan_series(timing("2027-02-04T16:00", "FREQ=MONTHLY;BYDAY=1TH,3TH;COUNT=4"))]
    assert [(d.month, d.day) for d in days] == [(2, 4), (2, 18), (3, 4), (3, 18)]


def test_all_day_counts_whole_days_of_the_city() -> None:
    (altar,) = plan_series(timing("2027-10-30", last_on=dt.date(2027, 11, 2)))
    assert (altar.starts_on, altar.ends_on) == (dt.date(2027, 10, 30), dt.date(2027, 11, 2))
    assert altar.starts_at == dt.datetime(2027, 10, 30, 6, tzinfo=dt.UTC)
    assert altar.ends_at == dt.datetime(2027, 11, 3, 6, tzinfo=dt.UTC)
    (short,) = plan_series(timing("2027-03-14"))  # 23 hours
    assert short.ends_at - short.starts_at == dt.timedelta(hours=23)
    every = timing("2027-05-01", "FREQ=MONTHLY;COUNT=2", last_on=dt.date(2027, 5, 3))
    assert [p.ends_on.isoformat() for p in plan_series(every)] == ["2027-05-03", "2027-06-03"]
    assert len(plan_series(timing("2027-05-01", "FREQ=DAILY;UNTIL=20270504"))) == 4


def test_what_ends_at_midnight_ends_on_its_own_day() -> None:
    (night,) = plan_series(timing("2027-07-04T22:00", minutes=120))
    assert night.ends_on == dt.date(2027, 7, 4)
    (later,) = plan_series(timing("2027-07-04T22:00", minutes=121))
    assert later.ends_on == dt.date(2027, 7, 5)


def test_exceptions_keep_the_identity_of_what_moves() -> None:
    found = plan_series(
        timing("2027-01-18T18:00", "FREQ=MONTHLY;BYDAY=3MO;COUNT=4"),
        Exceptions(
            skipped=frozenset({dt.date(2027, 3, 15)}),
            moved={dt.date(2027, 1, 18): dt.datetime(2027, 1, 20, 19, 30)},  # noqa: DTZ001 - a wall time
            cancelled=frozenset({dt.date(2027, 2, 15)}),
        ),
    )
    assert [(p.original_local, p.moved, p.cancelled) for p in found] == [
        ("2027-01-18T18:00", True, False),
        ("2027-02-15T18:00", False, True),
        ("2027-04-19T18:00", False, False),
    ]
    assert found[0].starts_at == dt.datetime(2027, 1, 21, 2, 30, tzinfo=dt.UTC)
    assert found[0].starts_on == dt.date(2027, 1, 20)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY;COUNT=3",
        "FREQ=SECONDLY;COUNT=1000000",
        "FREQ=DAILY",
        "FREQ=DAILY;COUNT=1000000",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=3;UNTIL=20270201T000000Z",
        "FREQ=DAILY;UNTIL=99991231T000000Z",
        "FREQ=DAILY;UNTIL=20270201",
        "FREQ=DAILY;UNTIL=20270231T000000Z",
        "FREQ=DAILY;INTERVAL=0;COUNT=3",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU;COUNT=3",
        "FREQ=YEARLY;COUNT=30",
        "FREQ=DAILY;BYHOUR=1,2,3;COUNT=9",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31;COUNT=3",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31;COUNT=3",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=20;COUNT=3",
        "FREQ=WEEKLY;BYDAY=1MO;COUNT=3",
        "FREQ=WEEKLY;BYDAY=XX;COUNT=3",
        "FREQ=WEEKLY;BYDAY=TU;COUNT=3",  # the first date is a Monday
        "FREQ=MONTHLY;BYMONTHDAY=0;COUNT=3",
        "FREQ=WEEKLY;COUNT=3;COUNT=4",
        "FREQ=WEEKLY;COUNT=-3",
        "COUNT=3",
        "nonsense",
    ],
)
def test_bombs_and_nonsense_are_refused_in_words(rule: str) -> None:
    with pytest.raises(RecurrenceWrong) as refused:
        plan_series(timing("2027-01-11T18:00", rule))
    assert refused.value.errors["rrule"].text


@pytest.mark.parametrize("start", ["2027-03-14T02:30", "2027-11-07T01:30"])
def test_an_hour_that_the_clocks_skip_or_repeat_is_refused(start: str) -> None:
    with pytest.raises(RecurrenceWrong, match="recurrence_wrong"):
        plan_series(timing(start))


def test_an_exception_must_be_a_date_of_the_rule_and_only_one() -> None:
    weekly = timing("2027-01-11T18:00", "FREQ=WEEKLY;COUNT=3")
    with pytest.raises(RecurrenceWrong):
        plan_series(weekly, Exceptions(skipped=frozenset({dt.date(2027, 1, 12)})))
    both = frozenset({dt.date(2027, 1, 18)})
    with pytest.raises(RecurrenceWrong):
        plan_series(weekly, Exceptions(skipped=both, cancelled=both))


ZONES = st.sampled_from(
    ["America/Denver", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo"]
)


@settings(max_examples=60, deadline=None)
@given(
    zone=ZONES,
    day=st.dates(dt.date(2026, 1, 1), dt.date(2029, 12, 31)),
    hour=st.integers(4, 23),
    minute=st.integers(0, 59),
    minutes=st.integers(0, 2000),
    frequency=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    interval=st.integers(1, 3),
    count=st.integers(1, 12),
)
def test_every_date_has_the_wall_time_and_the_true_length(
    zone: str, day: dt.date, hour: int, minute: int, minutes: int, frequency: str, interval: int, count: int
) -> None:
    city = ZoneInfo(zone)
    start = dt.datetime.combine(day, dt.time(hour, minute))
    found = plan_series(Timing(city, start, minutes, None, f"FREQ={frequency};INTERVAL={interval};COUNT={count}"))
    assert len(found) == count
    assert found[0].original_local == wall_text(start)
    for planned in found:
        local = planned.starts_at.astimezone(city)
        assert (local.hour, local.minute) == (hour, minute)
        assert planned.starts_on == local.date()
        assert planned.ends_at - planned.starts_at == dt.timedelta(minutes=minutes)
    moments = [planned.starts_at for planned in found]
    assert moments == sorted(set(moments))
