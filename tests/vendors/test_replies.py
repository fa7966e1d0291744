"""Answers by mail reach their conversation once, from the right person, by the signed door or a pipe."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import io
import os
import time
from email.message import EmailMessage
from typing import Any

import httpx2
import pytest

from festival.cli import take_mail
from festival.database import connected
from festival.kit.clock import now
from festival.kit.web.access import NOBODY
from festival.mail.models import MailMessage
from festival.organisation.actions import save_organisation
from festival.settings import Settings, read_settings
from tests.mailbox import listening, part_of
from vendors.messages.actions import write_message
from vendors.messages.addresses import OFFICE, Thread, find_thread, reply_address
from vendors.messages.replies import LARGEST, Taken, take_reply
from vendors.models import Application, ApplicationMessage, ThreadMail

from .mails import EVERY, raw_mail
from .making import make_application, make_category

SECRET = "told-to-the-provider"
REPLY = "reply@mail.fest.example.org"
HANA = "hana@example.org"


@pytest.fixture
async def application(database: Settings, with_settings: Any) -> Application:
    """A sent application of Hana's, who reads Spanish, in a city that takes answers by mail."""
    with_settings(reply_address=REPLY, mail_webhook_secret=SECRET)
    await save_organisation({"name": "City", "contact_email": "office@example.org"})
    return await make_application(await make_category(), HANA, "submitted", language="es")


def hers(application: Application) -> str:
    """The address at which Hana writes."""
    return reply_address(Thread(application.id, application.applicant_id))


def mail_to(to: str, text: str = "Two tents.", sender: str = HANA, **headers: str) -> bytes:
    """A plain mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = sender, to, f"<{hashlib.sha1(text.encode()).hexdigest()}@x>"  # noqa: S324
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return bytes(mail)


async def tell(client: httpx2.AsyncClient, body: bytes, secret: str = SECRET, **more: Any) -> httpx2.Response:
    at = int(time.time())
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"festival-signature": f"t={at},v1={signed}", "content-type": more.get("kind", "message/rfc822")}
    return await client.post("/webhooks/replies", content=body, headers=headers, params=more.get("params", {}))


@pytest.mark.parametrize("name", EVERY)
async def test_an_answer_of_every_program_is_read(
    client: httpx2.AsyncClient, application: Application, name: str
) -> None:
    assert (await tell(client, raw_mail(name, HANA.upper(), hers(application)))).json() == {"became": "taken"}
    assert (await ApplicationMessage.get()).text == EVERY[name][1]


async def test_a_conversation_by_mail(
    client: httpx2.AsyncClient, application: Application, with_settings: Any, run_jobs: Any, sign_in: Any
) -> None:
    with listening() as box:
        with_settings(reply_address=REPLY, mail_webhook_secret=SECRET, smtp_url=box.url)
        await write_message(application, "How many tents?", NOBODY, from_office=True)
        await run_jobs()
        (asked,) = box.letters
        assert asked["To"] == HANA
        assert part_of(asked, "text/plain").get_content().strip().startswith("~~~ ")
        quoted = "\n".join(f"> {line}" for line in part_of(asked, "text/plain").get_content().splitlines())
        answer = mail_to(asked["Reply-To"], f"Two tents.\n\nEl 3/6/2026, City escribió:\n{quoted}", Subject="Re: x")
        assert (await tell(client, answer)).json() == {"became": "taken"}
        await run_jobs()
        told = box.letters[1]
        assert told["To"] == "office@example.org"
        assert "Two tents." in part_of(told, "text/plain").get_content()
        assert told["References"] == asked["References"]
        office = mail_to(told["Reply-To"].upper(), "One is enough.", sender="office@example.org")
        assert (await tell(client, office)).json() == {"became": "taken"}
        await run_jobs()
        assert [letter["To"] for letter in box.letters] == [HANA, "office@example.org", HANA]
        # Our own letter, sent round to where answers go, ends there.
        assert (await tell(client, bytes(box.letters[2]), params={"to": told["Reply-To"]})).json() == {
            "became": "automatic"
        }
    texts = await ApplicationMessage.all().order_by("id").values_list("text", "from_office", "author_id")
    assert [tuple(row) for row in texts] == [
        ("How many tents?", True, 0),
        ("Two tents.", False, application.applicant_id),
        ("One is enough.", True, 0),
    ]
    await sign_in("", HANA)
    page = (await client.get(f"/applications/{application.receipt}/messages")).text
    assert page.count("by mail</p>") == 2


async def test_a_mail_comes_once(application: Application) -> None:
    mail = mail_to(hers(application))
    became = await asyncio.gather(*(take_reply(mail) for _ in range(5)))
    assert sorted(became) == [Taken.BEFORE] * 4 + [Taken.TAKEN]
    assert await take_reply(mail) is Taken.BEFORE
    assert await ApplicationMessage.all().count() == 1 == await ThreadMail.all().count()


async def test_without_a_proven_address_nothing_happens(
    client: httpx2.AsyncClient, application: Application, with_settings: Any
) -> None:
    good = hers(application)
    local, host = good.split("@")
    flipped = local[:-1] + ("a" if local[-1] != "a" else "b")
    others = reply_address(Thread(application.id, application.applicant_id + 1))
    for forged in [f"{flipped}@{host}", f"{local}@other.example.org", f"x{good}", REPLY, others, f"{local}a@{host}"]:
        assert (await tell(client, mail_to(forged))).json() == {"became": "unknown"}, forged
    with_settings(reply_address=REPLY, mail_webhook_secret=SECRET, secret_key="another" * 8)
    assert (await tell(client, mail_to(good))).json() == {"became": "unknown"}
    assert not await ApplicationMessage.exists()
    assert not await MailMessage.exists()


async def test_a_strangers_mail_is_sent_back_in_words_once_a_day(application: Application) -> None:
    for text in ["Hello", "Hello again"]:
        assert await take_reply(mail_to(hers(application), text, sender="mallory@example.org")) is Taken.STRANGER
    office = reply_address(Thread(application.id, OFFICE))
    assert await take_reply(mail_to(office, sender="mallory@example.org")) is Taken.STRANGER
    assert await take_reply(mail_to(office, "As the applicant", sender=HANA)) is Taken.STRANGER
    assert not await ApplicationMessage.exists()
    letters = await MailMessage.filter(recipient="mallory@example.org").order_by("id")
    assert letters[0].language == "es"
    assert application.name not in letters[0].text
    assert len(letters) == 1
    assert await take_reply(mail_to(hers(application), sender="a@example.org, b@example.org")) is Taken.STRANGER
    assert await MailMessage.all().count() == 2


async def test_an_organizer_answers_from_their_own_address(application: Application, sign_in: Any) -> None:
    organizer = await sign_in("organizer", "rosa@city.example.org")
    await sign_in("reviewer", "juror@city.example.org")
    to = reply_address(Thread(application.id, OFFICE))
    assert await take_reply(mail_to(to, "One is enough.", sender="rosa@city.example.org")) is Taken.TAKEN
    assert await take_reply(mail_to(to, "Two.", sender="juror@city.example.org")) is Taken.STRANGER
    message = await ApplicationMessage.get()
    assert (message.from_office, message.author_id) == (True, organizer.id)


async def test_files_stay_behind_and_it_is_said(
    client: httpx2.AsyncClient, application: Application, sign_in: Any
) -> None:
    assert await take_reply(raw_mail("apple", HANA, hers(application))) is Taken.TAKEN
    assert await take_reply(raw_mail("apple", HANA, hers(application))) is Taken.BEFORE
    letter = await MailMessage.get(kind="vendors.reply")
    assert (letter.recipient, letter.language) == (HANA, "es")
    assert f"/es/applications/{application.receipt}/messages" in letter.text
    await sign_in("organizer")
    page = (await client.get(f"/organize/applications/{application.receipt}/messages")).text
    assert "1 file came with the mail and was not taken." in page


@pytest.mark.parametrize(("text", "became"), [("> only quoted", Taken.EMPTY), ("word " * 1000, Taken.LONG)])
async def test_what_cannot_be_a_message_is_told(application: Application, text: str, became: Taken) -> None:
    for _ in range(2):
        assert await take_reply(mail_to(hers(application), text)) is became
    assert not await ApplicationMessage.exists()
    assert (await MailMessage.get(kind="vendors.reply")).recipient == HANA


async def test_programs_and_loops_are_not_answered(application: Application, with_settings: Any) -> None:
    to = hers(application)
    assert await take_reply(mail_to(to, Auto_Submitted="auto-replied")) is Taken.AUTOMATIC
    assert await take_reply(mail_to(to, sender="MAILER-DAEMON@example.org")) is Taken.AUTOMATIC
    assert await take_reply(mail_to(to, sender=to)) is Taken.AUTOMATIC
    with_settings(reply_address=REPLY, mail_from="tickets@fest.example.org")
    assert await take_reply(mail_to(to, sender="tickets@fest.example.org")) is Taken.AUTOMATIC
    assert not await MailMessage.exists()
    # Two programs that say nothing of themselves come to an end.
    for number in range(40):
        message = await ApplicationMessage.create(
            application_id=application.id, author_id=application.applicant_id, from_office=False, text="x", at=now()
        )
        await ThreadMail.create(message_id=message.id, digest=str(number), left_out=0)
    for text in ["Once more", "And more"]:
        assert await take_reply(mail_to(to, text)) is Taken.MANY
    assert await MailMessage.all().count() == 1


async def test_the_door_is_signed_and_bounded(
    client: httpx2.AsyncClient, application: Application, with_settings: Any
) -> None:
    mail = mail_to(hers(application))
    assert (await client.post("/webhooks/replies", content=mail)).status_code == 400
    assert (await tell(client, mail, secret="wrong")).status_code == 400
    assert (await tell(client, mail, kind="application/json")).status_code == 415
    assert (await tell(client, b"x" * (LARGEST + 1))).status_code == 413
    hidden = mail_to("somebody@example.org")
    assert (await tell(client, hidden, params={"to": hers(application)})).json() == {"became": "taken"}
    with_settings(reply_address="", mail_webhook_secret=SECRET)
    assert (await tell(client, mail)).status_code == 404
    assert await ApplicationMessage.all().count() == 1


async def test_without_an_address_for_replies_letters_say_nothing_of_it(
    application: Application, with_settings: Any, run_jobs: Any
) -> None:
    with_settings(reply_address="")
    await write_message(application, "How many tents?", NOBODY, from_office=True)
    await run_jobs()
    letter = await MailMessage.get()
    assert "Reply-To" not in letter.headers
    assert "~~~" not in letter.text + letter.html
    assert find_thread([""]) is None


async def test_a_pipe_takes_mail(
    settings: Settings, with_settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = with_settings(reply_address=REPLY)
    async with connected(chosen):
        sent = await make_application(await make_category(), HANA, "submitted")
        to = hers(sent)

    async def pipe(raw: bytes, to: str = "") -> int:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
        return await take_mail(argparse.Namespace(to=to), chosen)

    assert await pipe(mail_to("undisclosed@example.org"), to) == os.EX_OK
    assert capsys.readouterr().out == "taken\n"
    assert await pipe(mail_to("reply+forged@mail.fest.example.org")) == os.EX_NOUSER
    assert await pipe(b"x" * (LARGEST + 1)) == os.EX_DATAERR
    async with connected(chosen):
        assert (await ApplicationMessage.get()).text == "Two tents."


def test_an_address_that_cannot_carry_a_token_is_named() -> None:
    for wrong in ["reply", "a" * 24 + "@example.org", "Replies <reply@example.org>"]:
        assert any(
            "FESTIVAL_REPLY_ADDRESS" in one for one in read_settings({"FESTIVAL_REPLY_ADDRESS": wrong}).problems()
        )
    assert not read_settings({"FESTIVAL_REPLY_ADDRESS": REPLY}).problems()
