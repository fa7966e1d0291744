"""What a holder can do with a ticket, by page and by program, on both databases."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import httpx2
import pytest

from tests.concurrency.test_kill import make_offer
from ticketing.delivery.token import read_token
from ticketing.models import Claim, Offer, Ticket


@pytest.fixture
async def ticket(client: httpx2.AsyncClient) -> dict[str, Any]:
    """A ticket for four of ten places."""
    offer_id = await make_offer(10)
    answer = await client.post(
        f"/api/v1/offers/{offer_id}/claims",
        json={"party": 4, "name": "Null", "email": None, "language": "en"},
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "offer_id": offer_id, "secret": answer.json()["manage_url"].rsplit("/", 1)[1]}


async def change(client: httpx2.AsyncClient, ticket: dict[str, Any], what: str, body: object = None) -> httpx2.Response:
    """One change by the holder."""
    headers = {"Authorization": f"Bearer {ticket['secret']}"}
    return await client.post(f"/api/v1/claims/{ticket['claim_id']}/{what}", json=body, headers=headers)


async def test_the_page_shows_the_code_and_what_it_is_for(client: httpx2.AsyncClient, ticket: dict[str, Any]) -> None:
    page = await client.get(f"/tickets/{ticket['secret']}")
    assert page.status_code == 200
    assert "<svg" in page.text
    assert "Party of 4" in page.text
    assert "Picnic" in page.text
    assert page.headers["cache-control"] == "private, no-store"
    assert (await client.get("/tickets/somebody-elses")).status_code == 404


async def test_cancel_gives_the_places_back_once(client: httpx2.AsyncClient, ticket: dict[str, Any]) -> None:
    answers = await asyncio.gather(*(change(client, ticket, "cancel") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert answers[0].json()["state"] == "cancelled"
    assert answers[0].json()["token"] is None
    assert (await Offer.get(id=ticket["offer_id"])).claimed == 0
    assert (await change(client, ticket, "rotate")).json()["code"] == "cancelled"
    assert "Cancelled" in (await client.get(f"/tickets/{ticket['secret']}")).text


async def test_rotate_ends_the_old_code_and_keeps_the_link(client: httpx2.AsyncClient, ticket: dict[str, Any]) -> None:
    renewed = (await change(client, ticket, "rotate")).json()
    assert renewed["token"] != ticket["token"]
    assert renewed["manage_url"] == ticket["manage_url"]
    old = await Ticket.get(id=read_token(ticket["token"]).body.ticket_id)
    assert old.ended_by == "rotated"
    assert await Ticket.filter(ended_at=None).count() == 1


async def test_transfer_ends_code_and_link_at_once(client: httpx2.AsyncClient, ticket: dict[str, Any]) -> None:
    answer = await change(client, ticket, "transfer", {"name": "夏祭り", "email": None, "language": "ko"})
    passed = answer.json()
    assert answer.status_code == 200, passed
    assert passed["manage_url"] != ticket["manage_url"]
    assert (await client.get(f"/tickets/{ticket['secret']}")).status_code == 404
    page = await client.get(passed["manage_url"])
    assert "夏祭り" in page.text
    assert (await change(client, ticket, "cancel")).status_code == 404
    again = {**ticket, "secret": passed["manage_url"].rsplit("/", 1)[1]}
    assert (await change(client, again, "transfer", {})).status_code == 200


async def test_resize_within_the_capacity_and_not_below_who_came(
    client: httpx2.AsyncClient, ticket: dict[str, Any]
) -> None:
    assert (await change(client, ticket, "resize", {"party": 9})).json()["party"] == 9
    assert (await Offer.get(id=ticket["offer_id"])).claimed == 9
    assert (await change(client, ticket, "resize", {"party": 11})).status_code == 422
    await Offer.filter(id=ticket["offer_id"]).update(party_most=20)
    sold_out = (await change(client, ticket, "resize", {"party": 11})).json()
    assert (sold_out["code"], sold_out["places_left"]) == ("sold_out", 1)
    await Claim.filter(reference=ticket["claim_id"]).update(people_in=2, people_seen=2)
    assert (await change(client, ticket, "resize", {"party": 1})).json()["code"] == "already_in"
    assert (await change(client, ticket, "resize", {"party": 2})).json()["token"] == ticket["token"]
    assert (await Offer.get(id=ticket["offer_id"])).claimed == 2


async def test_a_holder_needs_the_secret_of_that_very_claim(client: httpx2.AsyncClient, ticket: dict[str, Any]) -> None:
    bare = await client.post(f"/api/v1/claims/{ticket['claim_id']}/cancel")
    assert bare.status_code == 401
    foreign = await change(client, {**ticket, "claim_id": "another"}, "cancel")
    assert foreign.status_code == 404
    assert (await Claim.get(reference=ticket["claim_id"])).state == "live"


async def test_the_forms_of_the_page(client: httpx2.AsyncClient, ticket: dict[str, Any]) -> None:
    here = f"/tickets/{ticket['secret']}"
    unsure = await client.post(f"{here}/cancel", data={})
    assert unsure.status_code == 422
    assert "Tick the box" in unsure.text
    resized = await client.post(f"{here}/resize", data={"party": "2"}, follow_redirects=True)
    assert "Party of 2" in resized.text
    assert (await client.post(f"{here}/resize", data={"party": "many"})).status_code == 422
    rotated = await client.post(f"{here}/rotate", follow_redirects=True)
    assert "Here is your new code" in rotated.text
    passed = await client.post(f"{here}/transfer", data={"name": "Ana", "email": ""})
    assert "/tickets/" in passed.text
    assert (await client.get(here)).status_code == 404
