"""What holders do by themselves, and what is kept about them: corrected, withdrawn, found again, exported, erased."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import httpx2
import pytest

from festival.app import HANDLERS
from festival.jobs.actions import enqueue
from festival.jobs.models import Job
from festival.jobs.worker import run_all_due
from festival.kit.clock import frozen_at
from festival.mail.models import MailMessage
from tests.concurrency.test_kill import make_offer
from ticketing.keeping.jobs import ERASE
from ticketing.models import Claim, Offer, WaitlistEntry


@pytest.fixture
async def ticket(client: httpx2.AsyncClient) -> dict[str, Any]:
    """A ticket for four."""
    offer_id = await make_offer(10)
    await Offer.filter(id=offer_id).update(asks={"age_bands": ["Adults"], "access": True}, person_most=8)
    body = {
        "party": 4, "name": "Ana", "email": "ana@exampel.org", "phone": "+1 303 555 0100", "bands": {"Adults": 4},
        "access": ["quiet"],
    }  # fmt: skip
    answer = await client.post(
        f"/api/v1/offers/{offer_id}/claims", json=body, headers={"Idempotency-Key": str(uuid.uuid4())}
    )
    assert answer.status_code == 201, answer.text
    page = answer.json()["manage_url"].removeprefix("http://localhost:8000")
    return {**answer.json(), "offer_id": offer_id, "page": page}


async def test_a_misspelt_address_is_corrected_and_gets_the_ticket(
    client: httpx2.AsyncClient, ticket: dict[str, Any]
) -> None:
    await run_all_due(HANDLERS)
    wrong = await client.post(f"{ticket['page']}/contact", data={"email": "ana@example"})
    assert wrong.status_code == 422
    right = {"name": "Ana Z", "email": "ana@example.org", "phone": ""}
    assert (await client.post(f"{ticket['page']}/contact", data=right)).status_code == 303
    await run_all_due(HANDLERS)
    assert await MailMessage.filter(recipient="ana@example.org").count() == 1
    claim = await Claim.get(reference=ticket["claim_id"])
    assert (claim.name, claim.email, claim.phone) == ("Ana Z", "ana@example.org", "")
    await client.post(f"{ticket['page']}/contact", data={**right, "name": "Ana"})
    await run_all_due(HANDLERS)
    assert await MailMessage.filter(recipient="ana@example.org").count() == 1, "the same address gets no second letter"


async def test_a_link_is_withdrawn_and_the_code_stays(client: httpx2.AsyncClient, ticket: dict[str, Any]) -> None:
    answer = await client.post(f"{ticket['page']}/withdraw")
    new = answer.headers["location"]
    assert (await client.get(ticket["page"])).status_code == 404
    shown = await client.get(new)
    assert "The old link does not work any more" in shown.text
    await run_all_due(HANDLERS)
    letters = await MailMessage.filter(recipient="ana@exampel.org").order_by("id")
    assert new.split("?")[0] in letters[-1].text
    headers = {"Authorization": f"Bearer {new.split('/')[2].split('?')[0]}"}
    same = await client.post(f"/api/v1/claims/{ticket['claim_id']}/resize", json={"party": 4}, headers=headers)
    assert same.json()["token"] == ticket["token"]


async def test_a_stranger_does_not_learn_whose_address_is_known(
    client: httpx2.AsyncClient, ticket: dict[str, Any]
) -> None:
    await run_all_due(HANDLERS)
    before = await MailMessage.all().count()
    known, unknown, again = [
        await client.post("/lost-ticket", data={"email": email})
        for email in ("ANA@exampel.org", "stranger@example.org", "ana@exampel.org")
    ]
    assert known.status_code == 200
    assert known.text == unknown.text == again.text
    # The same work before the answer: one row each, and everything else later.
    assert await Job.filter(kind="ticketing.lost_ticket").count() == 2
    await run_all_due(HANDLERS)
    assert await MailMessage.all().count() == before + 1
    letter = await MailMessage.all().order_by("-id").first()
    assert letter is not None
    assert letter.recipient == "ana@exampel.org"
    link = re.search(r"http://localhost:8000(/en/tickets/\S+)", letter.text)
    assert link
    assert "Party of 4" in (await client.get(link[1])).text
    assert (await client.post("/lost-ticket", data={"email": "no"})).status_code == 422


async def test_what_is_held_about_me(client: httpx2.AsyncClient, ticket: dict[str, Any]) -> None:
    await run_all_due(HANDLERS)
    answer = await client.get(f"{ticket['page']}/data.json")
    assert "attachment" in answer.headers["content-disposition"]
    held = answer.json()
    assert held["ticket"]["phone"] == "+1 303 555 0100"
    assert held["ticket"]["facts"]["access"] == ["quiet"]
    assert held["fingerprints"] == {"person": True, "household": False}
    assert [letter["recipient"] for letter in held["letters"]] == ["ana@exampel.org"]
    assert len(held["codes"]) == 1
    assert (await client.get("/tickets/somebody-elses/data.json")).status_code == 404


async def test_erased_at_the_holders_wish(client: httpx2.AsyncClient, ticket: dict[str, Any]) -> None:
    await run_all_due(HANDLERS)
    await client.post(f"{ticket['page']}/erase")
    claim = await Claim.get(reference=ticket["claim_id"])
    assert (claim.name, claim.email, claim.phone, claim.person_digest) == ("", "", "", "")
    assert (claim.state, claim.party, claim.facts) == ("live", 4, {"bands": {"Adults": 4}})
    assert claim.erased_at
    letter = await MailMessage.get()
    assert (letter.recipient, letter.text, letter.html, letter.attachments) == ("", "", "", [])
    assert "<svg" in (await client.get(ticket["page"])).text
    assert (await Offer.get(id=ticket["offer_id"])).claimed == 4


async def test_names_go_when_their_time_is_over_and_counts_stay(
    client: httpx2.AsyncClient, ticket: dict[str, Any]
) -> None:
    offer_id = ticket["offer_id"]
    await client.post(f"/api/v1/offers/{offer_id}/waitlist", json={"party": 10, "email": "w@example.org"})
    await run_all_due(HANDLERS)
    offer = await Offer.get(id=offer_id)
    for days, gone in ((offer.keep_days - 1, False), (offer.keep_days, True)):
        with frozen_at(offer.valid_until + dt.timedelta(days=days)):
            await enqueue(ERASE, str(uuid.uuid4()), {})
            await run_all_due(HANDLERS)
        claim, entry = await Claim.get(), await WaitlistEntry.get()
        assert (claim.email == "", entry.email == "", claim.erased_at is not None) == (gone, gone, gone)
        assert await MailMessage.filter(recipient="").count() == (2 if gone else 0)
    assert (claim.party, (await Offer.get(id=offer_id)).claimed) == (4, 4)
    other = await make_claim_elsewhere(client)
    assert (await Claim.get(reference=other)).email == "b@example.org", "an event that is to come is left alone"


async def make_claim_elsewhere(client: httpx2.AsyncClient) -> str:
    """A claim of another date, to which the same job comes."""
    first = await Offer.all().order_by("id").first()
    assert first
    later = await Offer.create(
        occurrence_id=first.occurrence_id, capacity=5, valid_from=first.valid_from, valid_until=first.valid_until,
        created_at=first.created_at,
    )  # fmt: skip
    answer = await client.post(
        f"/api/v1/offers/{later.id}/claims", json={"party": 1, "email": "b@example.org"},
        headers={"Idempotency-Key": "elsewhere"},
    )  # fmt: skip
    await enqueue(ERASE, str(uuid.uuid4()), {})
    await run_all_due(HANDLERS)
    return str(answer.json()["claim_id"])
