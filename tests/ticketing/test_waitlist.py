"""The line for places: in order, by party, never split, for a while, and never after the start."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from typing import Any

import httpx2
import pytest

from festival.app import HANDLERS
from festival.jobs.actions import enqueue
from festival.jobs.models import Job
from festival.jobs.regular import make_due
from festival.jobs.worker import run_all_due
from festival.kit.clock import frozen_at
from festival.mail.models import MailMessage
from tests.concurrency.test_kill import make_offer
from tests.hook import hooked
from ticketing.models import Claim, Offer, WaitlistEntry
from ticketing.waitlist.jobs import REGULAR, SWEEP
from ticketing.waitlist.rules import InLine, choose, hold_until


async def claim(client: httpx2.AsyncClient, offer_id: int, party: int) -> dict[str, Any]:
    """A party's ticket."""
    answer = await client.post(
        f"/api/v1/offers/{offer_id}/claims", json={"party": party}, headers={"Idempotency-Key": str(uuid.uuid4())}
    )
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "secret": answer.json()["manage_url"].rsplit("/", 1)[1]}


async def join(client: httpx2.AsyncClient, offer_id: int, party: int, **more: Any) -> dict[str, Any]:
    """A party's place in line."""
    answer = await client.post(f"/api/v1/offers/{offer_id}/waitlist", json={"party": party, **more})
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "secret": answer.json()["manage_url"].rsplit("/", 1)[1]}


async def cancel(client: httpx2.AsyncClient, ticket: dict[str, Any]) -> None:
    """Give a ticket back."""
    answer = await client.post(
        f"/api/v1/claims/{ticket['claim_id']}/cancel", headers={"Authorization": f"Bearer {ticket['secret']}"}
    )
    assert answer.status_code == 200, answer.text


async def act(client: httpx2.AsyncClient, entry: dict[str, Any], what: str) -> httpx2.Response:
    """What a party in line does."""
    return await client.post(
        f"/api/v1/waitlist/{entry['entry_id']}/{what}", headers={"Authorization": f"Bearer {entry['secret']}"}
    )


async def states(offer_id: int) -> list[str]:
    """The states of the line, in order."""
    return [entry.state for entry in await WaitlistEntry.filter(offer_id=offer_id).order_by("sequence")]


async def sweep() -> None:
    """What the worker does every minute."""
    await enqueue(SWEEP, str(uuid.uuid4()), {})
    await run_all_due(HANDLERS)


async def require_balance(offer_id: int) -> Offer:
    """The offer, its counters equal to its rows."""
    offer = await Offer.get(id=offer_id)
    claims = await Claim.filter(offer_id=offer_id, state="live")
    offered = await WaitlistEntry.filter(offer_id=offer_id, state="offered")
    assert offer.claimed == sum(claim.party - claim.released for claim in claims)
    assert offer.held == offer.door + sum(entry.party for entry in offered)
    assert offer.claimed + offer.held <= offer.capacity
    return offer


# ---------------------------------------------------------------- rules


def test_who_is_offered_what_is_free() -> None:
    line = [InLine(1, 1, 4), InLine(2, 2, 2), InLine(3, 3, 3), InLine(4, 4, 1)]
    assert [entry.id for entry in choose(line, 3)] == [2, 4]
    assert [entry.id for entry in choose(reversed(line), 6)] == [1, 2]
    assert choose(line, 0) == []


@pytest.mark.parametrize(
    ("left", "held"),
    [
        (dt.timedelta(days=30), dt.timedelta(hours=12)),
        (dt.timedelta(hours=96), dt.timedelta(hours=12)),
        (dt.timedelta(hours=24), dt.timedelta(hours=3)),
        (dt.timedelta(hours=1), dt.timedelta(minutes=10)),
        (dt.timedelta(minutes=4), dt.timedelta(minutes=4)),
    ],
)
def test_a_hold_shrinks_as_the_day_comes_near(left: dt.timedelta, held: dt.timedelta) -> None:
    at = dt.datetime(2027, 6, 12, 9, tzinfo=dt.UTC)
    assert hold_until(at, at + left) - at == held


# ---------------------------------------------------------------- the line


async def test_a_canceled_ticket_goes_to_the_first_that_fits(client: httpx2.AsyncClient) -> None:
    offer_id = await make_offer(6)
    four, two = await claim(client, offer_id, 4), await claim(client, offer_id, 2)
    entries = [await join(client, offer_id, party, email=f"p{party}@example.org") for party in (5, 2, 1)]
    assert [entry["position"] for entry in entries] == [1, 2, 3]
    await cancel(client, two)
    assert await states(offer_id) == ["waiting", "offered", "waiting"]
    page = (await client.get(f"/waitlist/{entries[0]['secret']}")).text
    assert "Number 1 in line" in page
    await cancel(client, four)
    # Four are free: too few for the party of five, and the party of one is next.
    assert await states(offer_id) == ["waiting", "offered", "offered"]
    page = (await client.get(f"/waitlist/{entries[0]['secret']}")).text
    assert "3 places are free, too few for your party" in page
    await require_balance(offer_id)
    assert (await client.get(f"/api/v1/offers/{offer_id}")).json()["places_left"] == 3

    accepted = await act(client, entries[1], "accept")
    assert accepted.json()["state"] == "claimed"
    again = await act(client, entries[1], "accept")
    assert again.json()["ticket_url"] == accepted.json()["ticket_url"]
    assert "Party of 2" in (await client.get(accepted.json()["ticket_url"])).text
    left = await act(client, entries[2], "leave")
    assert left.json()["state"] == "left"
    assert (await act(client, entries[2], "accept")).json()["code"] == "offer_over"
    offer = await require_balance(offer_id)
    assert (offer.claimed, offer.held) == (2, 0)


async def test_a_held_place_runs_out_and_goes_on(client: httpx2.AsyncClient) -> None:
    offer_id = await make_offer(2)
    ticket = await claim(client, offer_id, 2)
    first = await join(client, offer_id, 2, email="first@example.org")
    second = await join(client, offer_id, 1, email="second@example.org")
    await cancel(client, ticket)
    held = await WaitlistEntry.get(reference=first["entry_id"])
    assert held.offered_until is not None
    with frozen_at(held.offered_until - dt.timedelta(seconds=1)):
        await sweep()
        assert await states(offer_id) == ["offered", "waiting"]
    with frozen_at(held.offered_until):
        assert (await act(client, first, "accept")).status_code == 409
        await sweep()
    assert await states(offer_id) == ["expired", "offered"]
    await require_balance(offer_id)
    back = await join(client, offer_id, 1)
    assert back["position"] == 0, "one place was left, which nobody before it wanted"
    again = await join(client, offer_id, 1)
    assert again["position"] == 1
    assert (await act(client, second, "accept")).status_code == 200
    subjects = {mail.recipient: mail.subject for mail in await MailMessage.all().order_by("id")}
    assert subjects["first@example.org"].startswith("The places went to the next in line")
    assert subjects["second@example.org"].startswith("Places are held for you")


async def test_a_canceller_goes_to_the_end(client: httpx2.AsyncClient) -> None:
    offer_id = await make_offer(1)
    await claim(client, offer_id, 1)
    first, second = await join(client, offer_id, 1), await join(client, offer_id, 1)
    await act(client, first, "leave")
    back = await join(client, offer_id, 1)
    answer = await client.get(
        f"/api/v1/waitlist/{second['entry_id']}", headers={"Authorization": f"Bearer {second['secret']}"}
    )
    assert (answer.json()["position"], back["position"]) == (1, 2)


async def test_nothing_is_offered_after_the_start(client: httpx2.AsyncClient) -> None:
    offer_id = await make_offer(1)
    ticket = await claim(client, offer_id, 1)
    entry = await join(client, offer_id, 1)
    offer = await Offer.get(id=offer_id)
    with frozen_at(offer.valid_from + dt.timedelta(minutes=1)):
        await cancel(client, ticket)
        await sweep()
        assert await states(offer_id) == ["waiting"]
        assert "It has begun" in (await client.get(f"/waitlist/{entry['secret']}")).text
        late = await client.post(f"/api/v1/offers/{offer_id}/waitlist", json={"party": 1})
        assert late.json()["code"] == "no_waitlist"


async def test_a_number_left_in_line_gets_the_text(client: httpx2.AsyncClient, with_settings: Any) -> None:
    with hooked() as provider:
        with_settings(sms_url=provider.url, sms_secret="shared-with-the-provider")
        provider.answers = [(200, {})]
        offer_id = await make_offer(4)
        await Offer.filter(id=offer_id).update(release_minutes=0)
        full = await claim(client, offer_id, 4)
        first = await join(client, offer_id, 2, phone="+13035550100")
        await join(client, offer_id, 4, phone="+13035550101", door_text=True, language="es")
        await cancel(client, full)
        await sweep()
        offer = await Offer.get(id=offer_id)
        with frozen_at(offer.valid_from):
            await sweep()
            await sweep()
        texts = await MailMessage.filter(channel="text").order_by("id")
        assert [text.recipient for text in texts] == ["+13035550100", "+13035550101"]
        assert f"/en/waitlist/{first['secret']}" in texts[0].text
        assert "/es/waitlist/" in texts[1].text
        assert {text.state for text in texts} == {"sent"}


async def test_unclaimed_places_go_to_the_door(client: httpx2.AsyncClient) -> None:
    offer_id = await make_offer(10)
    await Offer.filter(id=offer_id).update(release_minutes=15)
    came, late = await claim(client, offer_id, 3), await claim(client, offer_id, 5)
    await Claim.filter(reference=came["claim_id"]).update(people_in=1, people_seen=1)
    told = await join(client, offer_id, 4, email="door@example.org", door_text=True)
    offer = await Offer.get(id=offer_id)
    with frozen_at(offer.valid_from + dt.timedelta(minutes=14)):
        await sweep()
        assert (await Offer.get(id=offer_id)).released_at is None
    with frozen_at(offer.valid_from + dt.timedelta(minutes=15)):
        await sweep()
        await sweep()
        released = await require_balance(offer_id)
        assert (released.claimed, released.door, released.held) == (3, 7, 7)
        headers = {"Authorization": f"Bearer {late['secret']}"}
        resized = await client.post(f"/api/v1/claims/{late['claim_id']}/resize", json={"party": 1}, headers=headers)
        assert resized.json()["code"] == "released"
        await cancel(client, late)
        await require_balance(offer_id)
        assert "It has begun" in (await client.get(f"/waitlist/{told['secret']}")).text
    mails = [mail.subject for mail in await MailMessage.filter(recipient="door@example.org").order_by("id")]
    assert mails[-1].startswith("The queue at the door is open")


# ---------------------------------------------------------------- by page and by program


async def test_the_page_without_script_or_account(client: httpx2.AsyncClient) -> None:
    offer_id = await make_offer(1)
    ticket = await claim(client, offer_id, 1)
    form = (await client.get(f"/claim/{offer_id}")).text
    assert f'action="/waitlist/offers/{offer_id}"' in form
    wrong = await client.post(f"/waitlist/offers/{offer_id}", data={"party": "1", "email": "no", "key": "k1"})
    assert wrong.status_code == 422
    assert "not a whole e-mail address" in wrong.text
    joined = await client.post(f"/waitlist/offers/{offer_id}", data={"party": "1", "name": "夏祭り", "key": "k1"})
    place = joined.headers["location"]
    twice = await client.post(f"/waitlist/offers/{offer_id}", data={"party": "1", "name": "夏祭り", "key": "k1"})
    assert twice.headers["location"] == place
    assert await WaitlistEntry.filter(offer_id=offer_id).count() == 1
    page = await client.get(place)
    assert "Number 1 in line" in page.text
    assert "夏祭り" in page.text
    assert page.headers["cache-control"] == "private, no-store"
    await cancel(client, ticket)
    assert "1 place is held for you" in (await client.get(place)).text
    taken = await client.post(f"{place}/accept", follow_redirects=True)
    assert "<svg" in taken.text
    assert "You said yes" in (await client.get(place)).text
    assert (await client.get("/waitlist/somebody-elses")).status_code == 404


async def test_the_interface_of_programs(client: httpx2.AsyncClient, staff_token: str) -> None:
    offer_id = await make_offer(2)
    ticket = await claim(client, offer_id, 2)
    body = {"party": 2, "name": "Ana", "email": None, "language": "am"}
    keyed = {"Idempotency-Key": "same"}
    first, same, other = [
        await client.post(f"/api/v1/offers/{offer_id}/waitlist", json=json, headers=keyed)
        for json in (body, body, {**body, "party": 1})
    ]
    assert (first.status_code, first.json()) == (201, same.json())
    assert set(first.json()) == {"entry_id", "position", "manage_url"}
    assert other.json()["code"] == "idempotency_mismatch"
    assert (await client.post(f"/api/v1/offers/{offer_id}/waitlist", json={"party": 0})).status_code == 422
    assert (await client.post(f"/api/v1/offers/{offer_id}/waitlist", json={"party": 11})).status_code == 422
    assert (await client.post("/api/v1/offers/999/waitlist", json={"party": 1})).status_code == 404
    await join(client, offer_id, 1)
    left = await join(client, offer_id, 1)
    await act(client, left, "leave")
    await cancel(client, ticket)
    listed = await client.get(f"/api/v1/offers/{offer_id}/claims", headers={"Authorization": f"Bearer {staff_token}"})
    seen = [(row["party"], row["state"], row["position"]) for row in listed.json()["claims"]]
    assert seen == [(2, "cancelled", None), (2, "offered", None), (1, "waiting", 1), (1, "cancelled", None)]
    foreign = await act(client, {**first.json(), "secret": left["secret"]}, "leave")
    assert foreign.status_code == 404
    assert (await client.post(f"/api/v1/waitlist/{left['entry_id']}/leave")).status_code == 401


async def test_losers_of_a_rush_stand_in_line_each_at_its_own_place(client: httpx2.AsyncClient) -> None:
    offer_id = await make_offer(1)
    await claim(client, offer_id, 1)
    joined = await asyncio.gather(*(join(client, offer_id, 1) for _ in range(40)))
    assert sorted(entry["position"] for entry in joined) == list(range(1, 41))


async def test_a_regular_job_runs_again_and_again_in_one_row(database: object) -> None:
    for _ in range(3):
        await make_due(REGULAR)
    assert await run_all_due(HANDLERS) == 1
    await make_due(REGULAR)
    assert await run_all_due(HANDLERS) == 0, "its time has not come"
    await Job.filter(key=f"regular:{SWEEP}").update(run_at_ms=0)
    await make_due(REGULAR)
    assert await run_all_due(HANDLERS) == 1
    assert await Job.filter(kind=SWEEP).count() == 1
