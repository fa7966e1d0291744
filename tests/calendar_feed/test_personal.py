"""Somebody's own calendar: what goes in, who may see it, and that it ends when it is withdrawn."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest
from icalendar import Calendar

from calendar_feed.models import CarriedTicket, PersonalFeed
from calendar_feed.personal.rules import ticket_secret
from events.models import Act, Occurrence, Performance
from festival.accounts.models import Person
from festival.kit.clock import now
from festival.kit.secrets import digest
from ticketing.models import Claim, Offer
from vendors.loadin.rules import in_group, is_for_everybody
from vendors.models import Application, Booth, BoothAssignment, LoadInWindow

pytestmark = pytest.mark.usefixtures("year", "at_new_year")
SECRET = "a-ticket-secret-0123456789"


def read(answer: httpx2.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(event["SUMMARY"]): event for event in events}


async def an_occurrence(slug: str) -> Occurrence:
    found = await Occurrence.filter(program__slug=slug, starts_at__gt=now()).order_by("starts_at").first()
    assert found
    return found


async def a_claim(email: str = "") -> Claim:
    occurrence = await an_occurrence("salsa-for-beginners")
    offer = await Offer.create(
        occurrence=occurrence, capacity=10, valid_from=now(), valid_until=occurrence.ends_at, created_at=now()
    )
    return await Claim.create(
        offer=offer, reference="AAAA-BBBB", manage_digest=digest(SECRET), party=4, email=email,
        idempotency_key="k", request_digest="d", created_at=now(),
    )  # fmt: skip


async def make(client: httpx2.AsyncClient) -> str:
    answer = await client.post("/calendar/my")
    assert answer.status_code == 303
    return answer.headers["location"].partition("?")[0]


async def test_a_ticket_is_a_calendar_under_its_own_secret(client: httpx2.AsyncClient) -> None:
    claim = await a_claim()
    answer = await client.get(f"/calendar/my/{SECRET}.ics")
    assert answer.headers["cache-control"].startswith("private")
    events = read(answer)
    assert list(events) == ["Salsa for beginners"]
    assert "4" in str(events["Salsa for beginners"]["DESCRIPTION"])
    again = await client.get(f"/calendar/my/{SECRET}.ics", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    await Claim.filter(id=claim.id).update(state="cancelled", revision=2, cancelled_at=now())
    cancelled = read(await client.get(f"/calendar/my/{SECRET}.ics"))
    event = cancelled["Cancelled: Salsa for beginners"]
    assert (str(event["STATUS"]), int(event["SEQUENCE"])) == ("CANCELLED", 1)
    assert (await client.get("/calendar/my/somebody-elses-secret.ics")).status_code == 404


async def test_stars_and_tickets_meet_in_one_feed_and_end_with_it(client: httpx2.AsyncClient) -> None:
    claim = await a_claim()
    page = await make(client)
    act = await Act.filter(performances__plan__state="published").first()
    assert act
    date = await an_occurrence("kidspree")
    for query in (f"date={date.id}", f"act={act.id}", f"date={date.id}"):
        assert (await client.post(f"/calendar/my/add?{query}")).headers["location"] == f"{page}?done=added"
    assert (await client.post(f"{page}/tickets", data={"link": "http://localhost/nothing"})).status_code == 422
    assert (await client.post(f"{page}/tickets", data={"link": f" http://x/es/tickets/{SECRET}?done=1"})).is_redirect
    shown = await client.get(page)
    for title in ("KidSpree", act.title, "Salsa for beginners"):
        assert title in shown.text
    assert set(read(await client.get(f"{page}.ics"))) == {"KidSpree", act.title, "Salsa for beginners"}
    await client.post(f"{page}/remove", data={"kind": "occurrence", "id": str(date.id)})
    assert "KidSpree" not in read(await client.get(f"{page}.ics"))
    assert (await client.post(f"{page}/withdraw", data={})).status_code == 422
    assert (await client.post(f"{page}/withdraw", data={"sure": "yes"})).status_code == 200
    assert (await client.get(f"{page}.ics")).status_code == 410
    assert (await client.get(page)).status_code == 410
    assert await CarriedTicket.filter(claim_id=claim.id).count() == 0


async def test_a_ticket_that_was_passed_on_leaves_the_feed(client: httpx2.AsyncClient) -> None:
    claim = await a_claim()
    page = await make(client)
    await client.post(f"{page}/tickets", data={"link": SECRET})
    await Claim.filter(id=claim.id).update(manage_digest=digest("another-secret-0123456789"))
    assert read(await client.get(f"{page}.ics")) == {}


async def test_what_is_not_public_cannot_be_starred(client: httpx2.AsyncClient) -> None:
    date = await an_occurrence("kidspree")
    await Occurrence.filter(id=date.id).select_related("program")
    from events.models import Program

    await Program.filter(slug="kidspree").update(state="draft", revision=2)
    for query in (f"date={date.id}", "act=999999", "", "date=x"):
        assert (await client.get(f"/calendar/my/add?{query}")).status_code == 404
        assert (await client.post(f"/calendar/my/add?{query}")).status_code == 404
    assert await PersonalFeed.all().count() == 0


async def test_an_account_brings_its_tickets_load_in_and_call_times(client: httpx2.AsyncClient, sign_in: Any) -> None:
    person = await sign_in("", "tana@example.org")
    await Person.filter(id=person.id).update(confirmed_at=now())
    await a_claim("tana@example.org")
    slot = await Performance.filter(plan__state="published").select_related("act__festival").order_by("id").first()
    assert slot
    await Act.filter(id=slot.act_id).update(contact_email="tana@example.org")
    festival, application = slot.act.festival, await an_application(slot.act.festival_id, person.id)
    booth = await Booth.create(
        festival=festival, code="T01", prefix="T", zone="Row", x_ft=0, y_ft=0, width_ft=10, depth_ft=10
    )
    await BoothAssignment.create(booth=booth, application=application, assigned_at=now())
    at = festival.starts_at - dt.timedelta(hours=4)
    for group in ("T01-T10", "T11-T20"):
        await LoadInWindow.create(
            festival=festival, group=group, arrives_at=at, clears_at=at + dt.timedelta(minutes=45),
            entrance=f"lot for {group}",
        )  # fmt: skip
    page = await make(client)
    events = read(await client.get(f"{page}.ics"))
    assert set(events) == {"Salsa for beginners", "Load-in: Tana Coffee", f"Call time: {slot.act.title}"}
    load_in = events["Load-in: Tana Coffee"]
    assert load_in["DTSTART"].dt == at
    assert str(load_in["LOCATION"]) == "T01, lot for T01-T10"
    assert events[f"Call time: {slot.act.title}"]["DTEND"].dt == slot.starts_at
    assert await make(client) == page


async def an_application(festival_id: int, person_id: int) -> Application:
    from vendors.models import Call, Category

    call = await Call.create(festival_id=festival_id, opens_at=now())
    category = await Category.create(call=call, slug="truck", name="Truck", cap=10, closes_at=now())
    return await Application.create(
        category=category, applicant_id=person_id, receipt="R-1", name="Tana Coffee", state="confirmed",
        created_at=now(), changed_at=now(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "group", "inside"),
    [
        ("T01", "T01-T10", True), ("T11", "T01-T10", False), ("S03", "C01-C20,S01-S06", True),
        ("C20", "C01-C20,S01-S06", True), ("M01", "C01-C20", False), ("T05", "T05", True), ("x", "T01-T10", False),
    ],
)  # fmt: skip
def test_booths_of_a_load_in_group(code: str, group: str, inside: bool) -> None:
    assert in_group(code, group) is inside
    assert is_for_everybody(group) is False


def test_groups_without_booths_are_for_everybody() -> None:
    assert is_for_everybody("inspection")
    assert is_for_everybody("load-out")


def test_a_secret_is_found_in_what_was_pasted() -> None:
    for pasted in (SECRET, f"https://f.example/am/tickets/{SECRET}/", f"f.example/tickets/{SECRET}#qr"):
        assert ticket_secret(pasted) == SECRET
    for pasted in ("", "https://f.example/", "short", "../../etc/passwd"):
        assert ticket_secret(pasted) == ""


async def test_all_that_a_phone_starred_goes_in_at_once(client: httpx2.AsyncClient) -> None:
    acts = await Act.filter(festival__slug="global-fest-2027").order_by("id").limit(3)
    await Act.filter(id=acts[2].id).update(state="declined")
    asked = ",".join([str(acts[0].id), "x", "-1", "9" * 40, str(acts[2].id), str(acts[1].id), str(acts[0].id)])
    answer = await client.post("/calendar/my/acts", data={"acts": asked})
    assert answer.status_code == 303
    page = (await client.get(answer.headers["location"])).text
    assert acts[0].title in page
    assert acts[1].title in page
    assert acts[2].title not in page
    again = await client.post("/calendar/my/acts", data={"acts": str(acts[1].id)})
    assert again.headers["location"] == answer.headers["location"]
