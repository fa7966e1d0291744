"""One message to everybody with a ticket, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from festival.jobs.models import Job
from festival.mail.rules import Topic
from festival.mail.stopping import get_stop_link, stop_topic
from festival.organisation.models import AuditEntry
from tests.mailbox import Mailbox, listening, part_of
from tests.ticketing.holding import WORDS, make_occasion, take_ticket
from ticketing.delivery.rules import fill, unknown_placeholders
from ticketing.message.jobs import HANDLERS
from ticketing.models import BulkMessage

TEXTS = {
    "language": "en",
    "subject-en": "{event}: bring water",
    "text-en": "Dear {name},\n\nit will be hot on {day}. {people} of you come.",
    "subject-am": "{event}: ውኃ ይዘው ይምጡ",
    "text-am": "{name}፣ ሙቀት ይሆናል።",
}


@pytest.fixture
def mailbox(with_settings: Any) -> Iterator[Mailbox]:
    """The mail server of this test's settings."""
    with listening() as box:
        with_settings(smtp_url=box.url)
        yield box


@pytest.fixture
async def offer_id(client: httpx2.AsyncClient, run_jobs: Any, mailbox: Mailbox, sign_in: Any) -> int:
    """Holders: an Amharic and a Korean reader, one who stopped news, one without an address; staff is signed in."""
    offer_id = await make_occasion()
    for language, email in (("am", "amina@example.org"), ("ko", "haneul@example.org"), ("en", "stop@example.org")):
        await take_ticket(client, offer_id, email=email, language=language, name=WORDS[language][1], party=2)
    await take_ticket(client, offer_id, party=1)
    await stop_topic((await get_stop_link("stop@example.org", Topic.NEWS)).rsplit("/", 1)[1])
    await run_jobs()
    mailbox.letters.clear()
    await sign_in("organizer")
    return offer_id


async def draft(client: httpx2.AsyncClient, offer_id: int, **more: str) -> str:
    """A drafted message's page."""
    answer = await client.post(f"/organize/offers/{offer_id}/messages", data={**TEXTS, **more})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def minute_later(run_jobs: Any) -> None:
    await Job.filter(state="todo").update(run_at_ms=0)
    await run_jobs()


def test_placeholders_come_from_the_list_and_are_filled_once() -> None:
    assert unknown_placeholders("{name} {event} {name.__class__} {0} {} {settings}") == [
        "name.__class__", "0", "", "settings",
    ]  # fmt: skip
    values = {"name": "{ticket} {event}", "event": "Picnic", "ticket": "https://secret"}
    assert fill("{name}, {event} {name.__class__}", values) == "{ticket} {event}, Picnic {name.__class__}"


async def test_it_is_looked_at_sent_and_watched(
    client: httpx2.AsyncClient, offer_id: int, mailbox: Mailbox, run_jobs: Any
) -> None:
    page = await draft(client, offer_id)
    preview = (await client.get(f"{page}?preview=am")).text
    assert f"{WORDS['am'][0]}: ውኃ ይዘው ይምጡ" in preview
    assert WORDS["am"][1] in preview
    assert "/tickets/…" in preview
    assert "get English" in (await client.get(f"{page}?preview=ko")).text
    await run_jobs()
    assert mailbox.letters == []
    assert (await client.post(page, data={"do": "send"})).status_code == 303
    assert "take it back" in (await client.get(page)).text
    await minute_later(run_jobs)
    assert {letter["To"] for letter in mailbox.letters} == {"amina@example.org", "haneul@example.org"}
    by_reader = {letter["To"]: letter for letter in mailbox.letters}
    assert WORDS["am"][1] in part_of(by_reader["amina@example.org"], "text/plain").get_content()
    korean = by_reader["haneul@example.org"]
    assert korean["Subject"] == f"{WORDS['ko'][0]}: bring water"
    assert "List-Unsubscribe" in korean
    shown = (await client.get(page)).text
    assert "http-equiv" not in shown
    assert 'max="3" value="3"' in shown
    for again in ("send", "discard", "save"):
        assert (await client.post(page, data={**TEXTS, "do": again})).status_code == 409
    message = await BulkMessage.get()
    assert message.sent_at
    await HANDLERS["ticketing.send_message"]({"message_id": message.id, "sent_at": message.sent_at.isoformat()})
    await run_jobs()
    assert len(mailbox.letters) == 2
    actions = await AuditEntry.filter(object_kind="message").order_by("id").values_list("action", flat=True)
    assert actions == ["message.drafted", "message.sent"]


async def test_what_matters_reaches_everybody_and_markup_stays_text(
    client: httpx2.AsyncClient, offer_id: int, mailbox: Mailbox, run_jobs: Any
) -> None:
    page = await draft(client, offer_id, important="yes", **{"text-en": "<script>alert(1)</script> %(x)s"})
    await client.post(page, data={"do": "send"})
    await minute_later(run_jobs)
    assert len(mailbox.letters) == 3
    # Letters go out side by side, and one reader has a text of their own.
    pages = [part_of(letter, "text/html").get_content() for letter in mailbox.letters]
    assert not any("<script>" in html for html in pages)
    assert any("%(x)s" in html for html in pages)
    assert not any("List-Unsubscribe" in letter for letter in mailbox.letters)


async def test_within_the_minute_it_can_be_taken_back(
    client: httpx2.AsyncClient, offer_id: int, mailbox: Mailbox, run_jobs: Any
) -> None:
    page = await draft(client, offer_id)
    await client.post(page, data={"do": "send"})
    assert (await client.post(page, data={"do": "take_back"})).status_code == 303
    await minute_later(run_jobs)
    assert mailbox.letters == []
    assert (await client.post(page, data={**TEXTS, "text-en": "Other words.", "do": "save"})).status_code == 303
    await client.post(page, data={"do": "send"})
    await minute_later(run_jobs)
    assert (await client.post(page, data={"do": "take_back"})).status_code == 409
    texts = [part_of(letter, "text/plain").get_content() for letter in mailbox.letters]
    assert any("Other words." in text for text in texts)
    assert len(texts) == 2


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("text-en", "Dear {holder}", "{holder} is not one of the names"),
        ("subject-am", "", "This is needed."),
        ("language", "xx", "Choose one of the answers offered."),
        ("subject-en", "x" * 201, "Use at most 200 characters."),
    ],
)
async def test_a_mistake_is_said_at_its_field_and_nothing_is_kept(
    client: httpx2.AsyncClient, offer_id: int, field: str, value: str, sentence: str
) -> None:
    answer = await client.post(f"/organize/offers/{offer_id}/messages", data={**TEXTS, field: value})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "ሙቀት ይሆናል" in answer.text
    assert await BulkMessage.all().count() == 0


async def test_only_organizers_write_and_only_where_somebody_reads(client: httpx2.AsyncClient, sign_in: Any) -> None:
    offer_id = await make_occasion()
    await sign_in("organizer")
    page = await draft(client, offer_id)
    refused = await client.post(page, data={"do": "send"})
    assert refused.status_code == 409
    assert "left an e-mail" in refused.text
    assert (await client.post(page, data={"do": "discard"})).headers["location"].endswith(f"/{offer_id}/messages")
    assert (await client.get(page)).status_code == 404
    await sign_in("gate")
    assert (await client.get(f"/organize/offers/{offer_id}/messages")).status_code == 403


async def test_staff_find_every_letter_about_a_ticket_and_send_it_once_more(
    client: httpx2.AsyncClient, offer_id: int, mailbox: Mailbox, run_jobs: Any
) -> None:
    page = (await client.get("/organize/outbox?kind=ticket.confirmed&recipient=amina")).text
    assert page.count("amina@example.org") >= 1
    assert "haneul" not in page
    from festival.mail.models import MailMessage
    from ticketing.models import Claim

    mail = await MailMessage.get(recipient="amina@example.org")
    claim = await Claim.get(id=mail.about_id)
    about = (await client.get(f"/organize/outbox?claim={claim.reference}")).text
    assert "amina@example.org" in about
    assert "haneul" not in about
    assert (await client.get("/organize/outbox?claim=nosuch")).text.count("@example.org</bdi>") == 0
    assert "Send this ticket once more" in (await client.get(f"/organize/outbox/{mail.id}")).text
    await client.post("/organize/outbox", data={"number": str(mail.id), "ticket": "yes"})
    await run_jobs()
    assert [letter["To"] for letter in mailbox.letters] == ["amina@example.org"]
    await Claim.filter(id=claim.id).update(state="cancelled")
    refused = await client.post("/organize/outbox", data={"number": str(mail.id), "ticket": "yes"})
    assert refused.status_code == 409
