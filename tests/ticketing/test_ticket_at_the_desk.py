"""Tickets in fours on a page, and what keeps a ticket good for its whole life."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from events.models import Program
from festival.organisation.models import AuditEntry
from tests.ticketing.gatehouse import build_site, enrol, issue_ticket, scan
from tests.ticketing.holding import WORDS, codes_in, make_occasion, pages_of, take_ticket
from tests.ticketing.test_ticket_files import needs_fonts
from ticketing.delivery.keys import get_signing_key
from ticketing.delivery.token import read_token
from ticketing.models import Offer, SigningKey


@needs_fonts
async def test_a_desk_prints_in_fours_each_in_its_holders_language(client: httpx2.AsyncClient, sign_in: Any) -> None:
    offer_id = await make_occasion()
    await Offer.filter(id=offer_id).update(capacity=100)
    tokens = [
        (await take_ticket(client, offer_id, name=WORDS[language][1], language=language)).token
        for language in ("am", "ar", "my", "ne", "ko")
    ]
    mailed = await take_ticket(client, offer_id, email="ana@example.org")
    path = f"/organize/offers/{offer_id}/tickets.pdf"
    await sign_in("reviewer")
    assert (await client.post(path, data={"which": "paper"})).status_code == 403
    await sign_in("organizer")
    assert "Print tickets" in (await client.get(f"/organize/offers/{offer_id}")).text
    answer = await client.post(path, data={"which": "paper"})
    pages = pages_of(answer.content)
    assert [len(codes_in(page)) for page in pages] == [4, 1]
    assert sorted(codes_in(pages[0]) + codes_in(pages[1])) == sorted(tokens)
    everybody = await client.post(path, data={"which": "all"})
    assert mailed.token in codes_in(pages_of(everybody.content)[0])
    entry = await AuditEntry.filter(action="tickets.printed").order_by("id").first()
    assert entry
    assert (entry.object_id, entry.after) == (offer_id, {"tickets": 5})


async def test_nothing_to_print_is_said(client: httpx2.AsyncClient, sign_in: Any) -> None:
    offer_id = await make_occasion()
    await sign_in("organizer")
    answer = await client.post(f"/organize/offers/{offer_id}/tickets.pdf", data={"which": "paper"})
    assert answer.status_code == 404
    assert "no ticket to print" in answer.text
    assert (await client.post("/organize/offers/999999/tickets.pdf", data={})).status_code == 404


async def test_a_ticket_outlives_a_change_of_the_services_secret(
    client: httpx2.AsyncClient, with_settings: Any
) -> None:
    site = await build_site()
    old = await issue_ticket(site.offer)
    phone = await enrol(site.north)
    first_key, _ = await get_signing_key()
    with_settings(secret_key="another-secret-of-the-service-0123456789")
    new = await issue_ticket(site.offer)
    assert read_token(new.token).body.key_id == first_key + 1
    assert await SigningKey.filter(retired_at=None).count() == 1
    for ticket in (old, new):
        assert (await scan(client, phone, ticket.token))["outcome"] == "admitted"


@pytest.mark.parametrize(("change", "code"), [("rotate", "rotated"), ("transfer", "rotated"), ("cancel", "cancelled")])
async def test_a_code_ends_at_the_gate_at_once(client: httpx2.AsyncClient, change: str, code: str) -> None:
    site = await build_site()
    await Program.filter(id=site.occurrence.program_id).update(state="published")
    held = await take_ticket(client, site.offer.id, party=1)
    phone = await enrol(site.north)
    done = await client.post(f"{held.path}/{change}", data={"sure": "yes", "name": "Ana", "email": ""})
    assert done.status_code in {200, 303}
    answer = await scan(client, phone, held.token)
    assert (answer["outcome"], answer["code"]) == ("refused", code)
