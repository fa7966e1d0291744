"""The team's own hand over claims: found, made, moved, blocked, exported, imported, and everything undone."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import json
import re
import uuid
import zipfile
from typing import Any

import httpx2
import pytest

from festival.accounts.models import Session
from festival.app import HANDLERS
from festival.jobs.worker import run_all_due
from festival.kit.clock import now
from festival.kit.web.access import NOBODY
from festival.mail.models import MailMessage
from festival.organisation.models import AuditEntry
from tests.concurrency.test_kill import make_offer
from tests.ticketing.gatehouse import build_site, enrol, issue_ticket, scan
from ticketing.counter.actions import block_claim, unblock_claim
from ticketing.models import Claim, Offer, Quota, Ticket, WaitlistEntry


@pytest.fixture
async def offer_id(client: httpx2.AsyncClient, sign_in: Any) -> int:
    """An offer of ten places, and an organizer before it."""
    await sign_in("organizer")
    return await make_offer(10)


async def claim(client: httpx2.AsyncClient, offer_id: int, party: int = 1, **more: Any) -> dict[str, Any]:
    """A visitor's ticket."""
    answer = await client.post(
        f"/api/v1/offers/{offer_id}/claims", json={"party": party, **more},
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "here": f"/organize/claims/{answer.json()['claim_id']}"}


async def sibling(offer_id: int, capacity: int, **more: Any) -> Offer:
    """Another offer of the same date."""
    first = await Offer.get(id=offer_id)
    return await Offer.create(
        occurrence_id=first.occurrence_id, capacity=capacity, valid_from=first.valid_from,
        valid_until=first.valid_until, created_at=first.created_at, **more,
    )  # fmt: skip


async def test_a_claim_is_found_by_what_people_remember(client: httpx2.AsyncClient, offer_id: int) -> None:
    ticket = await claim(client, offer_id, 2, name="Abebe O'Brien", email="abebe@example.org", phone="+1 303 555 0100")
    for words in ("o'bri", "ABEBE@example", "555 0100", ticket["claim_id"][:6].upper()):
        assert ticket["here"] in (await client.get("/organize/claims", params={"q": words})).text, words
    for words in ("nobody", "a"):
        assert ticket["here"] not in (await client.get("/organize/claims", params={"q": words})).text
    page = (await client.get(ticket["here"])).text
    assert "abebe@example.org" in page
    assert "Blocked" not in page
    assert (await client.get("/organize/claims/none-such")).status_code == 404


async def test_a_ticket_is_made_at_the_counter_and_printed(client: httpx2.AsyncClient, offer_id: int) -> None:
    here = f"/organize/offers/{offer_id}/counter"
    await Offer.filter(id=offer_id).update(code_digest="x", confirm=True, person_most=1, asks={"access": True})
    key = re.search(r'name="key" value="([^"]+)"', (await client.get(here)).text)
    assert key
    data = {"party": "3", "name": "Grandmother", "key": key[1]}
    made, twice = await client.post(here, data=data), await client.post(here, data=data)
    assert made.headers["location"] == twice.headers["location"]
    assert (await Offer.get(id=offer_id)).claimed == 3
    reference = made.headers["location"].split("/")[-1].split("?")[0]
    assert (await Claim.get(reference=reference)).source == "counter"
    printed = await client.get(f"/organize/claims/{reference}/print")
    assert "<svg" in printed.text
    assert "Party of 3" in printed.text
    assert (await client.post(here, data={"party": "8", "key": "other"})).status_code == 409
    assert (await client.post(here, data={"party": "x", "key": "other"})).status_code == 422


async def test_cancelled_and_restored(client: httpx2.AsyncClient, offer_id: int) -> None:
    ticket = await claim(client, offer_id, 4)
    done = await client.post(f"{ticket['here']}/cancel", follow_redirects=True)
    assert "Undo" in done.text
    assert (await Offer.get(id=offer_id)).claimed == 0
    assert (await client.post(f"{ticket['here']}/restore")).status_code == 303
    assert (await client.post(f"{ticket['here']}/restore")).status_code == 409
    assert (await Offer.get(id=offer_id)).claimed == 4
    assert await Ticket.filter(ended_at=None).count() == 1
    assert "<svg" in (await client.get(ticket["manage_url"])).text
    await client.post(f"{ticket['here']}/cancel")
    await claim(client, offer_id, 8)
    assert (await client.post(f"{ticket['here']}/restore")).status_code == 409
    resized = await client.post(f"{ticket['here']}/resize", data={"party": "2"})
    assert resized.status_code == 409
    actions = set(await AuditEntry.all().values_list("action", flat=True))
    assert {"claim.cancelled", "claim.restored"} <= actions


async def test_blocked_until_let_go(client: httpx2.AsyncClient, offer_id: int) -> None:
    ticket = await claim(client, offer_id, 2)
    for _ in range(2):
        assert (await client.post(f"{ticket['here']}/block")).status_code == 303
    assert await Ticket.filter(ended_at=None).count() == 0
    assert (await Offer.get(id=offer_id)).claimed == 2
    secret = ticket["manage_url"].rsplit("/", 1)[1]
    headers = {"Authorization": f"Bearer {secret}"}
    for what, body in (("rotate", None), ("transfer", {})):
        refused = await client.post(f"/api/v1/claims/{ticket['claim_id']}/{what}", json=body, headers=headers)
        assert refused.json()["code"] == "blocked"
    assert "Blocked" in (await client.get(ticket["manage_url"])).text
    for _ in range(2):
        await client.post(f"{ticket['here']}/unblock")
    assert await Ticket.filter(ended_at=None).count() == 1


async def test_the_gate_sends_a_blocked_ticket_to_the_desk(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    phone, ticket = await enrol(site.north), await issue_ticket(site.offer)
    claim = await Claim.get(id=ticket.claim_id)
    await block_claim(claim.reference, NOBODY)
    assert (await scan(client, phone, ticket.token))["code"] == "cancelled"
    await unblock_claim(claim.reference, NOBODY)
    newest = await Ticket.get(claim_id=claim.id, ended_at=None)
    assert (await scan(client, phone, ticket.token))["code"] == "rotated"
    assert (await scan(client, phone, newest.token))["outcome"] == "admitted"


async def test_a_party_moves_to_another_slot(client: httpx2.AsyncClient, offer_id: int) -> None:
    quota = await Quota.create(name="Hall", capacity=5)
    late = await sibling(offer_id, 5, quota_id=quota.id)
    ticket = await claim(client, offer_id, 4, email="ana@example.org")
    await claim(client, offer_id, 6)
    waiting = await client.post(f"/api/v1/offers/{offer_id}/waitlist", json={"party": 3})
    assert waiting.json()["position"] == 1
    moved = await client.post(f"{ticket['here']}/move", data={"offer": str(late.id)})
    assert moved.status_code == 303
    row = await Claim.get(reference=ticket["claim_id"])
    assert (row.offer_id, (await Quota.get(id=quota.id)).claimed) == (late.id, 4)
    assert (await Offer.get(id=offer_id)).claimed == 6
    assert (await WaitlistEntry.get(reference=waiting.json()["entry_id"])).state == "offered"
    token = await Ticket.get(claim_id=row.id, ended_at=None)
    assert token.token != ticket["token"]
    await run_all_due(HANDLERS)
    assert await MailMessage.filter(recipient="ana@example.org").count() == 2
    # The way back is taken by the party that waited.
    assert (await client.post(f"{ticket['here']}/move", data={"offer": str(offer_id)})).status_code == 409
    assert (await Quota.get(id=quota.id)).claimed == 4
    elsewhere = await client.post(f"{ticket['here']}/move", data={"offer": "999999"})
    assert elsewhere.status_code == 409
    assert (await Claim.get(reference=ticket["claim_id"])).offer_id == late.id


async def test_moves_and_claims_at_once_keep_the_balance(client: httpx2.AsyncClient, offer_id: int) -> None:
    late = await sibling(offer_id, 3)
    tickets = [await claim(client, offer_id) for _ in range(8)]
    await asyncio.gather(
        *(client.post(f"{ticket['here']}/move", data={"offer": str(late.id)}) for ticket in tickets),
        *(client.post(f"/api/v1/offers/{late.id}/claims", json={"party": 1}, headers={"Idempotency-Key": str(n)})
          for n in range(4)),
    )  # fmt: skip
    for id in (offer_id, late.id):
        offer = await Offer.get(id=id)
        assert offer.claimed == await Claim.filter(offer_id=id, state="live").count()
    assert (await Offer.get(id=late.id)).claimed == 3


# ---------------------------------------------------------------- lists


async def test_an_export_has_everything_and_no_formula(client: httpx2.AsyncClient, offer_id: int) -> None:
    await Session.all().update(confirmed_at=now())
    await Offer.filter(id=offer_id).update(asks={"age_bands": ["Adults"]})
    await claim(client, offer_id, 2, name="=HYPERLINK(1)", email="+a@example.org", bands={"Adults": 2})
    csv = (await client.get(f"/organize/offers/{offer_id}/claims.csv")).content.decode("utf-8-sig")
    assert "Adults" in csv.splitlines()[0]
    assert "'=HYPERLINK(1)" in csv
    assert ",=HYPERLINK" not in csv
    assert "'+a@example.org" in csv
    book = await client.get(f"/organize/offers/{offer_id}/claims.xlsx")
    with zipfile.ZipFile(io.BytesIO(book.content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert await AuditEntry.filter(action="offer.exported").count() == 2


async def test_an_export_asks_again_who_it_is(client: httpx2.AsyncClient, offer_id: int) -> None:
    await Session.all().update(confirmed_at=now() - dt.timedelta(days=1))
    answer = await client.get(f"/organize/offers/{offer_id}/claims.csv")
    assert answer.status_code == 403
    assert "text/csv" not in answer.headers.get("content-type", "")
    assert await AuditEntry.filter(action="offer.exported").count() == 0


async def test_a_guest_list_is_looked_at_then_made_once_or_not_at_all(
    client: httpx2.AsyncClient, offer_id: int
) -> None:
    here = f"/organize/offers/{offer_id}/guests"
    wrong = "party,name,email\n2,Ana,ana@example\nmany,Ben,\n"
    looked = await client.post(here, files={"file": ("guests.csv", wrong.encode(), "text/csv")})
    assert looked.status_code == 422
    assert "Row 2, email:" in looked.text
    assert "Row 3, party:" in looked.text
    assert (await client.post(here, files={"file": ("x.csv", b"a,b\n1,2\n", "text/csv")})).status_code == 422
    good = "Party,Name,Email,Language\n2,夏祭り,a@example.org,ko\n3,O'Brien,,\n"
    looked = await client.post(here, files={"file": ("guests.csv", good.encode(), "text/csv")})
    assert "2 parties" in looked.text
    assert "5 people" in looked.text
    assert await Claim.all().count() == 0
    rows = json.dumps([{"party": 2, "name": "夏祭り", "language": "ko"}, {"party": 3, "name": "O'Brien"}])
    for _ in range(2):
        made = await client.post(f"{here}/confirmed", data={"batch": "b1", "rows": rows})
        assert made.status_code == 303, made.text
    assert (await Offer.get(id=offer_id)).claimed == 5
    assert {one.name for one in await Claim.filter(source="import")} == {"夏祭り", "O'Brien"}
    full = await client.post(f"{here}/confirmed", data={"batch": "b2", "rows": json.dumps([{"party": 3}] * 2)})
    assert full.status_code == 409
    assert (await Offer.get(id=offer_id)).claimed == 5, "nobody of a list that does not fit"
    assert await Claim.all().count() == 2
    for rows in ("not json", "[]", '[{"party": 0}]'):
        assert (await client.post(f"{here}/confirmed", data={"batch": "b", "rows": rows})).status_code == 422
