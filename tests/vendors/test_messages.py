"""Questions and answers: each side reads the other's by page and by mail, and nobody else does."""

from __future__ import annotations

from typing import Any

import httpx2

from festival.mail.models import MailMessage
from festival.organisation.actions import save_organisation
from vendors.models import ApplicationMessage

from .making import make_application, make_category


async def test_a_question_and_its_answer(client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any) -> None:
    await save_organisation({"name": "City", "contact_email": "office@example.org"})
    application = await make_application(await make_category(), "hana@example.org", "submitted", language="es")
    await sign_in("", "hana@example.org")
    own = f"/applications/{application.receipt}/messages"
    text = "May I bring <b>two</b> tents?\n\nThank you, O'Brien"
    assert (await client.post(own, data={"text": text})).status_code == 303
    assert "&lt;b&gt;two" in (await client.get(own)).text
    await run_jobs()
    asked = await MailMessage.get(kind="vendors.message")
    assert asked.recipient == "office@example.org"
    assert "May I bring <b>two</b> tents?" in asked.text

    await sign_in("organizer")
    assert "1 new message" in (await client.get("/organize/applications")).text
    desk = f"/organize/applications/{application.receipt}/messages"
    assert "two" in (await client.get(desk)).text
    assert "new message" not in (await client.get("/organize/applications")).text
    assert (await client.post(desk, data={"text": "One is enough."})).status_code == 303
    await run_jobs()
    answer = await MailMessage.get(recipient="hana@example.org", kind="vendors.message")
    assert answer.language == "es"
    assert f"/es/applications/{application.receipt}" in answer.text
    await sign_in("", "hana@example.org")
    assert "One is enough." in (await client.get(own)).text


async def test_an_empty_message_is_refused_and_a_strangers_finds_nothing(
    client: httpx2.AsyncClient, sign_in: Any
) -> None:
    application = await make_application(await make_category(), "hana@example.org", "submitted")
    own = f"/applications/{application.receipt}/messages"
    await sign_in("", "hana@example.org")
    empty = await client.post(own, data={"text": " "})
    assert empty.status_code == 422
    assert "This is needed." in empty.text
    await sign_in("", "other@example.org")
    assert (await client.get(own)).status_code == 404
    assert (await client.post(own, data={"text": "Hello"})).status_code == 404
    assert (await client.get(f"/organize{own}")).status_code == 403
    assert not await ApplicationMessage.exists()
