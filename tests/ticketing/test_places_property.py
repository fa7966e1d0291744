"""Claimed + free + held is the capacity, and every counter equals its rows, after any sequence of what can happen."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from festival.app import wire
from festival.database import connected
from festival.kit.clock import frozen_at, now
from festival.kit.errors import Refusal
from festival.kit.web.access import NOBODY
from festival.settings import Settings, use_settings
from tests.concurrency.test_kill import make_offer
from tests.conftest import Templates
from ticketing.claim.actions import claim_places, manage_secret
from ticketing.claim.forms import PartyForm
from ticketing.counter.actions import move_claim, restore_claim
from ticketing.holder.actions import cancel_claim, resize_claim, transfer_claim
from ticketing.holder.forms import NewHolderForm
from ticketing.models import Claim, Offer, Quota, WaitlistEntry
from ticketing.planning.actions import change_offer
from ticketing.planning.forms import OfferForm
from ticketing.waitlist.actions import Ask, accept_offer, expire_held, join_waitlist, leave_waitlist, promote_free
from ticketing.waitlist.queries import entry_secret
from ticketing.waitlist.release import release_unclaimed

_names = itertools.count(1)
STEPS = (
    "claim", "claim", "claim", "cancel", "resize", "transfer", "move", "restore", "join", "join", "accept", "leave",
    "expire", "promote", "overbook", "door", "come", "release",
)  # fmt: skip
Step = tuple[str, int, int]
plans = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 6), st.integers(0, 11)), min_size=5, max_size=40)


class World:
    """Two offers that share a quota, and what happens to them."""

    def __init__(self, offers: list[int]) -> None:
        self.offers = offers
        self.at = now()

    async def act(self, step: Step) -> None:
        """One thing that happens; a refusal is an answer too."""
        what, party, choice = step
        try:
            await getattr(self, f"_{what}")(party, choice)
        except Refusal:
            return

    def _offer(self, choice: int) -> int:
        return self.offers[choice % len(self.offers)]

    async def _some(self, model: Any, choice: int, **where: Any) -> Any:
        rows = await model.filter(offer_id__in=self.offers, **where).order_by("id")
        return rows[choice % len(rows)] if rows else None

    async def _claim(self, party: int, choice: int) -> None:
        await claim_places(self._offer(choice), PartyForm(party=party, language="en"), f"k{next(_names)}")

    async def _held(self, choice: int, **where: Any) -> str:
        claim = await self._some(Claim, choice, **where)
        return manage_secret(claim.reference, claim.link_number) if claim else "nobody's"

    async def _cancel(self, _: int, choice: int) -> None:
        await cancel_claim(await self._held(choice), NOBODY)

    async def _resize(self, party: int, choice: int) -> None:
        await resize_claim(await self._held(choice), party, NOBODY)

    async def _transfer(self, _: int, choice: int) -> None:
        await transfer_claim(await self._held(choice), NewHolderForm(language="en"), NOBODY)

    async def _move(self, party: int, choice: int) -> None:
        claim = await self._some(Claim, choice)
        if claim:
            await move_claim(claim.reference, self._offer(party), NOBODY)

    async def _restore(self, _: int, choice: int) -> None:
        claim = await self._some(Claim, choice, state="cancelled")
        if claim:
            await restore_claim(claim.reference, NOBODY)

    async def _join(self, party: int, choice: int) -> None:
        await join_waitlist(Ask(self._offer(choice), party, "", "", "", "en", f"w{next(_names)}", "d", self.at))

    async def _entry(self, choice: int, **where: Any) -> str:
        entry = await self._some(WaitlistEntry, choice, **where)
        return entry_secret(entry.reference) if entry else "nobody's"

    async def _accept(self, _: int, choice: int) -> None:
        await accept_offer(await self._entry(choice, state="offered"))

    async def _leave(self, _: int, choice: int) -> None:
        await leave_waitlist(await self._entry(choice))

    async def _expire(self, _: int, choice: int) -> None:
        await expire_held(self._offer(choice), self.at + dt.timedelta(hours=13))

    async def _promote(self, _: int, choice: int) -> None:
        await promote_free(self._offer(choice), self.at)

    async def _change(self, choice: int, **values: Any) -> None:
        offer = await Offer.get(id=self._offer(choice))
        form = OfferForm(
            capacity=values.get("capacity", offer.capacity), door=values.get("door", offer.door), party_most=6,
            waitlist="yes", gate_from="2027-01-10T11:00", gate_until="2027-01-10T13:00", quota=offer.quota_id,
        )  # type: ignore[arg-type]  # fmt: skip
        await change_offer(offer.id, form, NOBODY)

    async def _overbook(self, party: int, choice: int) -> None:
        await self._change(choice, capacity=4 + party * 2)

    async def _door(self, party: int, choice: int) -> None:
        await self._change(choice, door=party - 1)

    async def _come(self, _: int, choice: int) -> None:
        claim = await self._some(Claim, choice, state="live")
        if claim:
            await Claim.filter(id=claim.id).update(people_in=1, people_seen=1)

    async def _release(self, party: int, choice: int) -> None:
        if party == 6:  # the end of the story for an offer, so not too often
            await release_unclaimed(self._offer(choice), self.at)

    async def require_balance(self, step: Step) -> None:
        """Every counter equals its rows, and nothing is above its bound."""
        shared = Counter[int]()
        for offer in await Offer.filter(id__in=self.offers):
            claims = await Claim.filter(offer_id=offer.id, state="live")
            offered = await WaitlistEntry.filter(offer_id=offer.id, state="offered")
            free = offer.capacity - offer.claimed - offer.held
            assert offer.claimed == sum(claim.party - claim.released for claim in claims), step
            assert offer.held == offer.door + sum(entry.party for entry in offered), step
            assert free >= 0, step
            assert offer.claimed + free + offer.held == offer.capacity, step
            shared[offer.quota_id or 0] += offer.claimed + offer.held
        for quota in await Quota.all():
            assert quota.claimed == shared[quota.id] <= quota.capacity, step


async def live_through(plan: list[Step]) -> None:
    """A fresh pair of offers, and all that the plan says."""
    first = await make_offer(8)
    row = await Offer.get(id=first)
    second = await Offer.create(
        occurrence_id=row.occurrence_id, capacity=8, valid_from=row.valid_from, valid_until=row.valid_until,
        created_at=row.created_at, party_most=6,
    )  # fmt: skip
    quota = await Quota.create(name="Hall", capacity=12)
    await Offer.filter(id__in=[first, second.id]).update(quota_id=quota.id, party_most=6)
    world = World([first, second.id])
    with frozen_at(world.at):
        for step in plan:
            await world.act(step)
            await world.require_balance(step)


@settings(
    max_examples=20, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(plan=plans)
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_places_balance_after_anything(engine: str, plan: list[Step], migrated: Templates, tmp_path: Path) -> None:
    if engine == "postgres" and migrated.postgres is None:
        pytest.skip("no PostgreSQL to be had here")
    asyncio.run(_in_a_fresh_database(engine, migrated, tmp_path, plan))


async def _in_a_fresh_database(engine: str, templates: Templates, folder: Path, plan: list[Step]) -> None:
    name = f"places{next(_names)}"
    if engine == "sqlite":
        url = f"sqlite://{shutil.copy(templates.sqlite, folder / f'{name}.sqlite3')}"
    else:
        url = f"{templates.postgres}/{name}"
        admin = await asyncpg.connect(f"{templates.postgres}/postgres")
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE template_festival STRATEGY FILE_COPY")
        await admin.close()
    chosen = Settings(database_url=url, secret_key="a-key-for-tests-only-0123456789abcdef", run_worker=False)
    use_settings(chosen)
    wire(chosen)
    try:
        async with connected(chosen):
            await live_through(plan)
    finally:
        use_settings(None)
        if engine == "postgres":
            admin = await asyncpg.connect(f"{templates.postgres}/postgres")
            await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
            await admin.close()


def test_a_counter_that_drifts_is_noticed(migrated: Templates, tmp_path: Path) -> None:
    """The naive twin: cancelling without giving places back fails the same check."""

    async def cancel_naively(world: World) -> None:
        await world.act(("claim", 2, 0))
        await Claim.filter(offer_id=world.offers[0]).update(state="cancelled")
        await world.require_balance(("cancel", 2, 0))

    async def run() -> None:
        url = f"sqlite://{shutil.copy(migrated.sqlite, tmp_path / 'naive.sqlite3')}"
        chosen = Settings(database_url=url, secret_key="a-key-for-tests-only-0123456789abcdef", run_worker=False)
        use_settings(chosen)
        async with connected(chosen):
            await cancel_naively(World([await make_offer(8)]))

    with pytest.raises(AssertionError, match="cancel"):
        asyncio.run(run())
    use_settings(None)
