"""Offers made and changed by the team while people claim: limits, slots, questions, codes, overbooking, undo."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest

from festival.app import HANDLERS
from festival.jobs.worker import run_all_due
from festival.kit.clock import frozen_at, now
from festival.mail.models import MailMessage
from tests.concurrency.test_kill import make_offer
from ticketing.asking.rules import Answers, Asks, QuestionFacts, require_answers
from ticketing.models import Claim, Offer, OfferQuestion, Quota, WaitlistEntry
from ticketing.planning.rules import chance_of_exceeding, cut_slots, largest_bearable, list_risks
from ticketing.waitlist.actions import Ask, join_waitlist


async def claim(client: httpx2.AsyncClient, offer_id: int, party: int = 1, **more: Any) -> httpx2.Response:
    """A claim by a program."""
    return await client.post(
        f"/api/v1/offers/{offer_id}/claims", json={"party": party, **more},
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )  # fmt: skip


def fields_of(page: str) -> dict[str, str]:
    """What the first form of changing an offer holds, as a browser would send it."""
    form = page[page.index('action="/organize/offers/') :]
    form = form[form.index("<fieldset") :]
    form = form[: form.index("</form>")]
    found = {
        name: value
        for tag in re.findall(r"<input[^>]*>", form)
        if 'type="checkbox"' not in tag or " checked" in tag
        for name, value in [(re.search(r'name="([^"]*)"', tag)[1], (re.search(r'value="([^"]*)"', tag) or ["", ""])[1])]  # type: ignore[index]
    }
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)</textarea>', form):
        found[name] = text
    for name, inside in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        found[name] = chosen[1] if chosen else ""
    return found


async def change(client: httpx2.AsyncClient, offer_id: int, **values: str) -> httpx2.Response:
    """Change some fields of an offer, leaving the others as the page shows them."""
    page = await client.get(f"/organize/offers/{offer_id}/edit")
    assert page.status_code == 200, page.text
    data = {**fields_of(page.text), **values}
    return await client.post(f"/organize/offers/{offer_id}/edit", data=data)


# ---------------------------------------------------------------- rules


def test_the_risk_of_overbooking() -> None:
    assert chance_of_exceeding(100, 100, 0.5) == 0
    assert chance_of_exceeding(101, 100, 0.0) == 1
    # Ten single people, each comes with one half: more than five come with the chance of a fair coin's tail.
    assert chance_of_exceeding(10, 5, 0.5) == pytest.approx(386 / 1024)
    # Parties of two come together: of five pairs more than two come in half of all evenings.
    assert chance_of_exceeding(10, 5, 0.5, 2) == pytest.approx(0.5)
    assert chance_of_exceeding(60_000, 29_000, 0.5) > 0.999
    risks = [risk.chance for risk in list_risks(200, 0.4, 2.5)]
    assert risks[0] == 0
    assert risks == sorted(risks)
    assert risks[-1] > 0.9
    best = largest_bearable(200, 0.4, 2.5)
    assert chance_of_exceeding(best, 200, 0.4, 2.5) <= 0.01 < chance_of_exceeding(best + 5, 200, 0.4, 2.5)
    assert 200 < best < 200 / 0.6


def test_arrival_slots() -> None:
    noon = dt.datetime(2027, 6, 12, 18, tzinfo=dt.UTC)
    slots = cut_slots(noon, noon + dt.timedelta(minutes=150), 60)
    assert [(begin - noon).seconds // 60 for begin, _ in slots] == [0, 60]
    assert cut_slots(noon, noon, 60) == []


def test_what_a_party_answers() -> None:
    choice = QuestionFacts(1, "Bus?", "choice", ("North", "South"), required=True)
    names = QuestionFacts(2, "Shoe size", per_person=True, required=True)
    asks = Asks(("Adults", "Children"), languages=True, access=True, questions=(choice, names))
    good = Answers({"Adults": 1, "Children": 1}, ["am"], ["wheelchair", "jetpack"], {1: ["North"], 2: ["38", "31"]})
    kept = require_answers(asks, 2, good, ("en", "am"))
    assert kept.as_facts() == {
        "bands": {"Adults": 1, "Children": 1}, "languages": ["am"], "access": ["wheelchair"],
        "answers": {"1": ["North"], "2": ["38", "31"]},
    }  # fmt: skip
    with pytest.raises(Exception, match="invalid") as wrong:
        require_answers(asks, 3, Answers({"Adults": 9}, ["xx"], [], {1: ["West"], 2: ["38"]}), ("en",))
    assert set(wrong.value.errors) == {"bands", "languages", "q-1", "q-2"}  # type: ignore[attr-defined]
    assert require_answers(Asks(), 2, good, ("en",)).as_facts() == {}


# ---------------------------------------------------------------- changing, live


async def test_a_change_counts_at_once_goes_to_the_line_and_can_be_undone(
    client: httpx2.AsyncClient, sign_in: Any
) -> None:
    await sign_in("organizer")
    offer_id = await make_offer(4)
    assert (await claim(client, offer_id, 4)).status_code == 201
    await join_waitlist(Ask(offer_id, 2, "", "", "", "en", "k", "d", now()))
    too_few = await change(client, offer_id, capacity="3")
    assert too_few.status_code == 409
    assert "at least 4 places" in too_few.text
    saved = await change(client, offer_id, capacity="7", door="1", name="Early seats")
    assert saved.status_code == 303, saved.text
    offer = await Offer.get(id=offer_id)
    assert (offer.capacity, offer.door, offer.held, offer.claimed) == (7, 1, 3, 4)
    assert (await WaitlistEntry.get(offer_id=offer_id)).state == "offered"
    assert "Last changed by" in (await client.get(f"/organize/offers/{offer_id}/edit")).text
    # The offered places stand in the way of going back to four.
    assert (await client.post(f"/organize/offers/{offer_id}/undo")).status_code == 409
    await change(client, offer_id, capacity="9", name="Late seats")
    await client.post(f"/organize/offers/{offer_id}/undo")
    offer = await Offer.get(id=offer_id)
    assert (offer.capacity, offer.name) == (7, "Early seats")
    wrong = await change(client, offer_id, gate_until="2020-01-01T10:00", party_most="0")
    assert wrong.status_code == 422
    assert "This is less than 1" in wrong.text


async def test_offers_share_a_quota(client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("organizer")
    first = await Offer.get(id=await make_offer(10))
    made = await client.post(f"/organize/offers/new/{first.occurrence_id}", data={"capacity": "10", "party_most": "6"})
    second = int(made.headers["location"].split("/")[3])
    assert (await claim(client, first.id, 3)).status_code == 201
    await change(client, first.id, quota_name="Hall", quota_capacity="8")
    quota = await Quota.get(name="Hall")
    assert quota.claimed == 3
    await change(client, second, quota=str(quota.id), door="2")
    assert (await Quota.get(id=quota.id)).claimed == 5
    assert (await client.get(f"/api/v1/offers/{second}")).json()["places_left"] == 3
    assert (await claim(client, second, 4)).json()["places_left"] == 3
    assert (await claim(client, second, 3)).status_code == 201
    assert (await claim(client, first.id, 1)).json()["code"] == "sold_out"
    await change(client, second, quota="")
    assert (await Quota.get(id=quota.id)).claimed == 3
    foreign = await Quota.create(name="Another", capacity=5)
    assert (await change(client, second, quota=str(foreign.id))).status_code == 422


async def test_slots_are_offers_of_their_own(client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("organizer")
    offer = await Offer.get(id=await make_offer(10))
    choose = await client.get("/organize/offers/new?q=picn")
    assert f"/organize/offers/new/{offer.occurrence_id}" in choose.text
    day = (offer.valid_from + dt.timedelta(days=1)).strftime("%Y-%m-%d")
    times = {"slots_from": f"{day}T11:00", "slots_until": f"{day}T13:30", "slot_minutes": "60"}
    data = {"capacity": "5", "party_most": "5", "name": ""}
    here = f"/organize/offers/new/{offer.occurrence_id}"
    short = await client.post(here, data={**data, "slots_from": times["slots_from"]})
    assert short.status_code == 422
    await client.post(here, data={**data, **times})
    slots = await Offer.filter(slot=True).order_by("id")
    assert [slot.valid_from.astimezone(ZoneInfo("America/Denver")).hour for slot in slots] == [11, 12]
    page = (await client.get(f"/claim/{slots[0].id}")).text
    assert "Other times to arrive" in page
    assert f"/claim/{slots[1].id}" in page


async def test_limits_for_a_person_and_a_household(client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("organizer")
    offer_id = await make_offer(50)
    await change(client, offer_id, person_most="4", household_most="6")
    home = {"household": "12 Elm St., Apt 3"}
    nobody = await claim(client, offer_id, 1, **home)
    assert set(nobody.json()["errors"]) == {"email"}
    assert (await claim(client, offer_id, 3, email="Ana@Example.org", **home)).status_code == 201
    more = await claim(client, offer_id, 2, email="ana@example.org", **home)
    assert (more.json()["code"], more.json()["left"]) == ("limit_reached", 1)
    assert (await claim(client, offer_id, 3, email="ben@example.org", household="12 elm st apt 3")).status_code == 201
    full = await claim(client, offer_id, 1, email="cy@example.org", household="12 ELM ST APT 3")
    assert full.json()["code"] == "limit_reached"
    assert (await claim(client, offer_id, 4, phone="+1 303 555 0100", household="9 Oak Way")).status_code == 201
    kept = await Claim.filter(offer_id=offer_id).first()
    assert kept is not None
    assert "Elm" not in repr({**vars(kept)}), "only a fingerprint of the address is kept"


async def test_questions_of_the_organizers_own(client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("organizer")
    offer_id = await make_offer(50)
    here = f"/organize/offers/{offer_id}"
    few = await client.post(f"{here}/questions", data={"label": "Bus?", "kind": "choice", "options": "North"})
    assert few.status_code == 422
    await client.post(
        f"{here}/questions", data={"label": "Bus?", "kind": "choice", "options": "North\nSouth", "required": "yes"}
    )
    await client.post(f"{here}/questions", data={"label": "Shoe size", "kind": "text", "per_person": "yes"})
    await change(client, offer_id, age_bands="Adults\nChildren up to 12", languages="yes", access="yes")
    bus, shoe = await OfferQuestion.filter(offer_id=offer_id).order_by("id")
    form = (await client.get(f"/claim/{offer_id}")).text
    for text in ("Bus?", "Shoe size", "Children up to 12", "Hearing loop", "አማርኛ"):
        assert text in form
    data: dict[str, Any] = {
        "party": "3",
        "key": "a",
        "band-0": "1",
        "band-1": "1",
        f"q-{bus.id}": "North",
        "needs": "quiet",
    }
    wrong = await client.post(f"/claim/{offer_id}", data=data)
    assert wrong.status_code == 422
    assert "must add up to 3" in wrong.text
    taken = await client.post(
        f"/claim/{offer_id}", data={**data, "band-1": "2", "wants": ["am", "es"], f"q-{shoe.id}": "38\n31\n"}
    )
    assert taken.status_code == 303, taken.text
    claim_row = await Claim.get(offer_id=offer_id)
    assert claim_row.facts == {
        "bands": {"Adults": 1, "Children up to 12": 2}, "languages": ["am", "es"], "access": ["quiet"],
        "answers": {str(bus.id): ["North"], str(shoe.id): ["38", "31"]},
    }  # fmt: skip
    silent = await claim(client, offer_id, 1)
    assert set(silent.json()["errors"]) == {"bands", f"q-{bus.id}"}
    full = {"bands": {"Adults": 1}, "answers": {str(bus.id): ["South"]}}
    assert (await claim(client, offer_id, 1, **full)).status_code == 201
    await client.post(f"{here}/questions/remove", data={"question": str(bus.id)})
    assert await OfferQuestion.filter(offer_id=offer_id).count() == 1


async def test_a_private_offer_opens_by_its_code(client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("organizer")
    offer_id = await make_offer(10)
    assert (await change(client, offer_id, private="yes")).status_code == 422
    await change(client, offer_id, private="yes", code="Maple School")
    offer = await Offer.get(id=offer_id)
    event = (await client.get("/events/picnic")).text
    assert f'action="/claim/{offer_id}"' not in event
    assert f"/claim/code/{offer.occurrence_id}" in event
    assert (await claim(client, offer_id)).json()["code"] == "code_needed"
    assert (await claim(client, offer_id, code="oak school")).status_code == 403
    assert (await claim(client, offer_id, code="maple  SCHOOL")).status_code == 201
    wrong = await client.post(f"/claim/code/{offer.occurrence_id}", data={"code": "nope"})
    assert wrong.status_code == 422
    right = await client.post(f"/claim/code/{offer.occurrence_id}", data={"code": "mapleschool"})
    assert f'action="/claim/{offer_id}"' in right.text
    taken = await client.post(f"/claim/{offer_id}", data={"party": "1", "key": "k", "code": "maple school"})
    assert taken.status_code == 303
    await change(client, offer_id, private="")
    assert (await claim(client, offer_id)).status_code == 201


async def test_claims_only_from_a_confirmed_address(client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("organizer")
    offer_id = await make_offer(10)
    await change(client, offer_id, confirm="yes")
    assert set((await claim(client, offer_id, 2)).json()["errors"]) == {"email"}
    program = await claim(client, offer_id, 2, email="program@example.org")
    assert (program.status_code, program.json()) == (202, {"sent_to": "program@example.org"})
    sent = await client.post(f"/claim/{offer_id}", data={"party": "3", "key": "k", "email": "ana@example.org"})
    assert "Look at your mail" in sent.text
    assert (await Offer.get(id=offer_id)).claimed == 0
    await run_all_due(HANDLERS)
    mail = await MailMessage.get(recipient="ana@example.org")
    link = re.search(r"http://localhost:8000(/en/claim/confirm/\S+)", mail.text)
    assert link
    assert "Party of 3" in (await client.get(link[1])).text
    assert (await Offer.get(id=offer_id)).claimed == 0, "looking takes nothing"
    first = await client.post(link[1])
    second = await client.post(link[1])
    assert first.headers["location"] == second.headers["location"]
    assert (await Offer.get(id=offer_id)).claimed == 3
    with frozen_at(now() + dt.timedelta(minutes=31)):
        assert (await client.get(link[1])).status_code == 410


async def test_the_plot_shows_the_risk(client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("organizer")
    offer_id = await make_offer(300)
    assert "<polyline" not in (await client.get(f"/organize/offers/{offer_id}/edit")).text
    await change(client, offer_id, fire_limit="200", no_show_percent="40")
    page = (await client.get(f"/organize/offers/{offer_id}/edit")).text
    assert "<polyline" in page
    assert re.search(r"With 300 places the chance of more than 200 people inside is [\d.]+ %", page)
    assert re.search(r"Up to \d+ places it stays below one in a hundred", page)


async def test_strangers_change_nothing(client: httpx2.AsyncClient, sign_in: Any) -> None:
    offer_id = await make_offer(10)
    await sign_in("reviewer")
    assert (await client.post(f"/organize/offers/{offer_id}/edit", data={"capacity": "1"})).status_code == 403
    assert (await client.get("/organize/offers/new")).status_code == 403
