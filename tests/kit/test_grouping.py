"""A crowd becomes groups, nobody waits for a timer, and a bad item hurts only itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from festival.kit.errors import Overloaded
from festival.kit.grouping import Grouping


async def test_what_arrives_during_a_group_goes_with_the_next_in_order() -> None:
    groups: list[list[int]] = []

    async def run(items: list[int]) -> Sequence[int | Exception]:
        groups.append(items)
        await asyncio.sleep(0.01)
        return [item * 2 for item in items]

    grouping = Grouping(run, most=8)
    first = asyncio.create_task(grouping.submit(0))
    await asyncio.sleep(0.001)
    rest = [asyncio.create_task(grouping.submit(n)) for n in range(1, 20)]
    assert await asyncio.gather(first, *rest) == [n * 2 for n in range(20)]
    assert [len(group) for group in groups] == [1, 8, 8, 3]
    assert [n for group in groups for n in group] == list(range(20))


async def test_a_failing_group_is_run_one_by_one() -> None:
    async def run(items: list[int]) -> Sequence[int | Exception]:
        if 3 in items:
            raise ValueError("three")
        return items

    grouping = Grouping(run)
    found = await asyncio.gather(*(grouping.submit(n) for n in range(6)), return_exceptions=True)
    assert [item for item in found if not isinstance(item, ValueError)] == [0, 1, 2, 4, 5]
    assert isinstance(found[3], ValueError)


async def test_an_exception_among_the_outcomes_reaches_only_its_asker() -> None:
    async def run(items: list[int]) -> Sequence[int | Exception]:
        return [KeyError(item) if item == 1 else item for item in items]

    grouping = Grouping(run)
    found = await asyncio.gather(*(grouping.submit(n) for n in range(3)), return_exceptions=True)
    assert found[0] == 0
    assert found[2] == 2
    assert isinstance(found[1], KeyError)


async def test_beyond_the_queue_the_answer_is_a_quick_refusal() -> None:
    gate = asyncio.Event()

    async def run(items: list[int]) -> Sequence[int | Exception]:
        await gate.wait()
        return items

    grouping = Grouping(run, most=1, queue=2)
    taken = [asyncio.create_task(grouping.submit(0))]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    taken += [asyncio.create_task(grouping.submit(n)) for n in (1, 2)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await grouping.submit(3)
    gate.set()
    assert await asyncio.gather(*taken) == [0, 1, 2]


async def test_one_who_went_away_before_the_start_is_left_out() -> None:
    seen: list[int] = []
    gate = asyncio.Event()

    async def run(items: list[int]) -> Sequence[int | Exception]:
        seen.extend(items)
        await gate.wait()
        return items

    grouping = Grouping(run)
    first = asyncio.create_task(grouping.submit(0))
    await asyncio.sleep(0.001)
    gone, stays = (asyncio.create_task(grouping.submit(n)) for n in (1, 2))
    await asyncio.sleep(0)
    gone.cancel()
    gate.set()
    assert await asyncio.gather(first, stays) == [0, 2]
    assert seen == [0, 2]
