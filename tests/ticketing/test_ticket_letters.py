"""The letters that carry a ticket, over a real SMTP conversation, on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import icalendar
import pytest

from festival.jobs.models import Job
from festival.kit.languages import LANGUAGES
from festival.mail.models import MailMessage
from tests.mailbox import Mailbox, listening, part_of
from tests.ticketing.holding import WORDS, codes_in, make_occasion, take_ticket
from ticketing.claim.actions import CLAIM_CONFIRMED
from ticketing.delivery.jobs import HANDLERS


@pytest.fixture
def mailbox(with_settings: Any) -> Iterator[Mailbox]:
    """The mail server of this test's settings."""
    with listening() as box:
        with_settings(smtp_url=box.url)
        yield box


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_letter_has_the_ticket_in_the_holders_language(
    client: httpx2.AsyncClient, mailbox: Mailbox, run_jobs: Any, language: str
) -> None:
    title, name = WORDS[language]
    held = await take_ticket(
        client, await make_occasion(), email="amina@example.org", name=name, language=language
    )  # fmt: skip
    await run_jobs()
    (letter,) = mailbox.letters
    assert letter["To"] == "amina@example.org"
    assert letter["Content-Language"] == language
    assert title in letter["Subject"]
    shape = [part.get_content_type() for part in letter.walk()]
    assert shape == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
        "text/calendar",
    ]  # fmt: skip
    picture = part_of(letter, "image/png")
    assert codes_in(picture.get_content()) == [held.token]
    html = part_of(letter, "text/html").get_content()
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in html
    assert f'dir="{LANGUAGES[language].direction}"' in html
    text = part_of(letter, "text/plain").get_content()
    assert name in html or name.replace("'", "&#39;") in html
    assert name in text
    assert "mlat=39.710600&mlon=-104.812600" in text
    for body in (html, text):
        assert f"http://localhost:8000/{language}{held.path}" in body
        assert held.token not in body
    (event,) = icalendar.Calendar.from_ical(part_of(letter, "text/calendar").get_content()).events
    assert event["SUMMARY"] == title


async def test_the_links_of_the_letter_open_the_ticket(
    client: httpx2.AsyncClient, mailbox: Mailbox, run_jobs: Any
) -> None:
    await take_ticket(client, await make_occasion(), email="amina@example.org", language="es")
    await run_jobs()
    text = part_of(mailbox.letters[0], "text/plain").get_content()
    links = re.findall(r"http://localhost:8000(\S+)", text)
    assert len(links) == 2
    for link in links:
        assert (await client.get(link)).status_code == 200


async def test_one_letter_for_one_holder_however_often_the_job_runs(
    client: httpx2.AsyncClient, mailbox: Mailbox, run_jobs: Any
) -> None:
    held = await take_ticket(client, await make_occasion(), email="amina@example.org")
    await run_jobs()
    for _ in range(2):
        await HANDLERS[CLAIM_CONFIRMED]({"claim_id": held.reference})
    await run_jobs()
    assert len(mailbox.letters) == 1
    await client.post(f"{held.path}/transfer", data={"name": "Ana", "email": "ana@example.org"})
    await run_jobs()
    assert [letter["To"] for letter in mailbox.letters] == ["amina@example.org", "ana@example.org"]
    new_link = re.search(r"http://localhost:8000(\S+)", part_of(mailbox.letters[1], "text/plain").get_content())
    assert new_link
    assert held.path not in new_link.group(1)
    assert (await client.get(new_link.group(1))).status_code == 200
    await HANDLERS[CLAIM_CONFIRMED]({"claim_id": held.reference, "again": "wish-1"})
    await run_jobs()
    assert len(mailbox.letters) == 3


async def test_without_an_address_or_after_cancelling_nothing_is_sent(
    client: httpx2.AsyncClient, mailbox: Mailbox, run_jobs: Any
) -> None:
    offer_id = await make_occasion()
    await take_ticket(client, offer_id)
    held = await take_ticket(client, offer_id, email="amina@example.org")
    await client.post(f"{held.path}/cancel", data={"sure": "yes"})
    await run_jobs()
    assert mailbox.letters == []
    assert await Job.filter(state="dead").count() == 0


async def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not(
    client: httpx2.AsyncClient, mailbox: Mailbox, run_jobs: Any
) -> None:
    offer_id = await make_occasion()
    mailbox.answers = ["451 4.3.0 try later"]
    await take_ticket(client, offer_id, email="amina@example.org")
    await run_jobs()
    message = await MailMessage.get()
    assert (message.state, message.attempts) == ("queued", 1)
    assert "451" in message.error
    await Job.filter(state="todo").update(run_at_ms=0)
    await run_jobs()
    await message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == ("sent", 2, "")
    mailbox.answers = ["550 5.1.1 no such mailbox"]
    await take_ticket(client, offer_id, email="nobody@example.org")
    await run_jobs()
    refused = await MailMessage.get(recipient="nobody@example.org")
    assert refused.state == "failed"
    assert "550" in refused.error
    assert len(mailbox.letters) == 1
