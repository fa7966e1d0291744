"""A small morning of twelve phones, four of them offline for a while; `python -m bench.morning` is the big one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2

from bench.morning import Told, judge, plan_morning, replay
from festival.kit.clock import now
from tests.ticketing.gatehouse import post
from ticketing.models import Claim, Scan


async def test_nothing_is_lost_and_nobody_is_inside_twice(client: httpx2.AsyncClient) -> None:
    morning = await plan_morning(150)

    async def send(bearer: str, path: str, body: object, clock_error: dt.timedelta) -> tuple[int, Any]:
        told = {"X-Device-Time": (now() + clock_error).isoformat()}
        answer = await post(client, bearer, path, body, **told)
        return answer.status_code, answer.json()

    told = await replay(morning, send, seconds=3)
    outcome = await judge(morning, told)
    assert outcome.clean, outcome
    assert len(told.sent) > 100
    assert outcome.inside == sum(claim.people_in for claim in await Claim.all())


async def test_a_lost_or_doubled_scan_would_be_seen(client: httpx2.AsyncClient) -> None:
    """The judge can say no."""
    morning = await plan_morning(12)
    assert (await judge(morning, Told(sent={"never-kept": morning.visits[0]}))).lost == 1
    assert await Scan.all().count() == 0
