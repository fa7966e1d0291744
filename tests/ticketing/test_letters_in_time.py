"""Letters that come by themselves: before the day, when something changes, afterwards; on both databases."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import icalendar
import pytest

from events.models import Occurrence
from events.series.actions import change_following, undo_following
from events.series.forms import FollowingForm
from festival.kit.clock import frozen_at
from festival.kit.web.access import NOBODY
from festival.mail.models import MailMessage
from tests.hook import Hook, hooked
from tests.mailbox import Mailbox, listening, part_of
from tests.ticketing.holding import WORDS, Held, codes_in, make_occasion, take_ticket
from ticketing.delivery.jobs import HANDLERS, SWEEP
from ticketing.delivery.rules import is_reminder_due, is_thanks_due
from ticketing.models import Claim, Offer, SurveyAnswer

DENVER = ZoneInfo("America/Denver")
HOUR = dt.timedelta(hours=1)


def denver(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2027, 6, day, hour, minute, tzinfo=DENVER)


@pytest.fixture
def mailbox(with_settings: Any) -> Iterator[Mailbox]:
    """The mail server of this test's settings."""
    with listening() as box:
        with_settings(smtp_url=box.url)
        yield box


@pytest.fixture
async def held(client: httpx2.AsyncClient, run_jobs: Any, mailbox: Mailbox) -> Held:
    """An Amharic reader's ticket for the 12th of June, 11 to 13 o'clock; its first letter is out of the way."""
    offer_id = await make_occasion()
    offer = await Offer.get(id=offer_id)
    await Occurrence.filter(id=offer.occurrence_id).update(starts_at=denver(12, 11), ends_at=denver(12, 13))
    await Offer.filter(id=offer_id).update(valid_from=denver(12, 9), valid_until=denver(12, 13))
    taken = await take_ticket(client, offer_id, email="amina@example.org", language="am")
    await take_ticket(client, offer_id, party=1)
    await run_jobs()
    mailbox.letters.clear()
    return taken


async def sweep_at(moment: dt.datetime, run_jobs: Any) -> None:
    """What the worker does every ten minutes, at that moment."""
    with frozen_at(moment):
        await HANDLERS[SWEEP]({})
        await run_jobs()


def test_reminders_are_due_in_the_citys_morning_of_the_day_before() -> None:
    start = denver(12, 11)
    assert not is_reminder_due(start, denver(11, 8, 59), DENVER)
    assert is_reminder_due(start, denver(11, 9), DENVER)
    assert is_reminder_due(start, denver(12, 8), DENVER)
    assert not is_reminder_due(start, denver(12, 8, 1), DENVER)
    # The clocks change on the night between: nine o'clock is nine o'clock.
    spring = dt.datetime(2027, 3, 14, 11, tzinfo=DENVER)
    assert is_reminder_due(spring, dt.datetime(2027, 3, 13, 16, tzinfo=dt.UTC), DENVER)
    assert not is_reminder_due(spring, dt.datetime(2027, 3, 13, 15, 59, tzinfo=dt.UTC), DENVER)
    assert [is_thanks_due(start, start + hours * HOUR) for hours in (1, 2, 48, 49)] == [False, True, True, False]


async def test_a_reminder_comes_once_before_the_day(
    held: Held, mailbox: Mailbox, run_jobs: Any, with_settings: Any
) -> None:
    with hooked() as weather:
        with_settings(smtp_url=mailbox.url, weather_url=weather.url)
        weather.answers = [(200, {"text": "Sunny, 27 °C\r\nBcc: x"})]
        await sweep_at(denver(11, 8), run_jobs)
        assert mailbox.letters == []
        for hour in (9, 10):
            await sweep_at(denver(11, hour), run_jobs)
    (letter,) = mailbox.letters
    assert WORDS["am"][0] in letter["Subject"]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert codes_in(part_of(letter, "image/png").get_content()) == [held.token]
    text = part_of(letter, "text/plain").get_content()
    assert "Sunny, 27 °C Bcc: x" in text
    assert "A blanket and a cup" in text
    assert "mlat=39.710600" in text
    path, _, _ = weather.asked[0]
    assert "date=2027-06-12" in path
    assert "language=am" in path


async def test_a_date_that_moves_is_told_and_reminded_anew(
    client: httpx2.AsyncClient, held: Held, mailbox: Mailbox, run_jobs: Any, staff_token: str
) -> None:
    await sweep_at(denver(11, 9), run_jobs)
    offer = await Offer.get(id=held.offer_id)

    async def change(**body: Any) -> None:
        headers = {"Authorization": f"Bearer {staff_token}"}
        answer = await client.patch(f"/api/v1/occurrences/{offer.occurrence_id}", json=body, headers=headers)
        assert answer.status_code == 200, answer.text

    mailbox.letters.clear()
    await change(starts_at=denver(13, 15).isoformat())
    await change(starts_at=denver(13, 16).isoformat(), reason="Thunder")
    await run_jobs()
    (letter,) = mailbox.letters  # the first of two quick changes is not worth a letter
    text = part_of(letter, "text/plain").get_content()
    assert "Thunder" in text
    (event,) = icalendar.Calendar.from_ical(part_of(letter, "text/calendar").get_content()).events
    assert event.start == denver(13, 16)
    moved = await Offer.get(id=held.offer_id)
    assert (moved.valid_from, moved.valid_until) == (denver(13, 14), denver(13, 18)), "the gates follow the date"
    assert "List-Unsubscribe" not in letter
    await sweep_at(denver(12, 9), run_jobs)
    assert len(mailbox.letters) == 2
    await change(state="cancelled", reason="The lawn is under water")
    await run_jobs()
    cancelled = mailbox.letters[2]
    assert "The lawn is under water" in part_of(cancelled, "text/html").get_content()
    (event,) = icalendar.Calendar.from_ical(part_of(cancelled, "text/calendar").get_content()).events
    assert event["STATUS"] == "CANCELLED"
    assert "was cancelled" in (await client.get(f"/en{held.path}")).text
    await change(state="scheduled")
    await run_jobs()
    kinds = await MailMessage.all().order_by("id").values_list("kind", flat=True)
    assert kinds == [
        "ticket.confirmed", "ticket.reminder", "ticket.moved", "ticket.reminder", "ticket.cancelled", "ticket.restored",
    ]  # fmt: skip
    await change(title="Another name")
    await run_jobs()
    assert len(mailbox.letters) == 4
    claim = await Claim.get(reference=held.reference)
    assert await MailMessage.filter(about_kind="claim", about_id=claim.id).count() == 6


async def test_who_gave_the_ticket_back_hears_nothing(
    client: httpx2.AsyncClient, held: Held, mailbox: Mailbox, run_jobs: Any
) -> None:
    await client.post(f"{held.path}/cancel", data={"sure": "yes"})
    await sweep_at(denver(11, 9), run_jobs)
    assert mailbox.letters == []


async def test_guests_are_thanked_once_and_answer_two_questions(
    client: httpx2.AsyncClient, held: Held, mailbox: Mailbox, run_jobs: Any, sign_in: Any
) -> None:
    await sweep_at(denver(12, 16), run_jobs)
    assert mailbox.letters == []  # they did not come
    await Claim.filter(reference=held.reference).update(people_in=2, people_seen=2)
    offer = await Offer.get(id=held.offer_id)
    await Occurrence.filter(id=offer.occurrence_id).update(starts_at=denver(12, 11, 1))
    for hour in (16, 17):
        await sweep_at(denver(12, hour), run_jobs)
    (letter,) = mailbox.letters
    found = re.search(r"http://localhost:8000(\S+/survey)", part_of(letter, "text/plain").get_content())
    assert found
    path = found.group(1)
    with frozen_at(denver(12, 10)):
        assert (await client.get(path)).status_code == 409
    with frozen_at(denver(12, 17)):
        assert 'name="stars"' in (await client.get(path)).text
        assert (await client.post(path, data={"stars": "6", "words": ""})).status_code == 422
        assert await SurveyAnswer.all().count() == 0
        for stars in ("2", "4"):
            said = {"stars": stars, "words": "ተጨማሪ ጥላ <b>ያስፈልጋል</b>"}
            assert (await client.post(path, data=said, follow_redirects=True)).status_code == 200
    answer = await SurveyAnswer.get()
    assert (answer.stars, answer.language) == (4, "am")
    results = f"/organize/surveys/{offer.occurrence_id}"
    await sign_in("gate")
    assert (await client.get(results)).status_code == 403
    await sign_in("organizer")
    page = (await client.get(results)).text
    assert "4.0 of 5" in page
    assert "&lt;b&gt;" in page
    assert "amina" not in page
    assert (await client.get("/organize/surveys/999999")).status_code == 404


async def test_a_reader_stops_reminders_with_one_click_and_takes_them_up_again(
    client: httpx2.AsyncClient, held: Held, mailbox: Mailbox, run_jobs: Any
) -> None:
    await sweep_at(denver(11, 9), run_jobs)
    link = mailbox.letters[0]["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    assert "amina" not in link
    assert "Do you want no more" in (await client.get(link)).text
    second = await take_ticket(client, held.offer_id, email="AMINA@example.org", party=1)
    stopped = await client.post(link, data={"List-Unsubscribe": "One-Click"})
    assert stopped.status_code == 200
    assert "You get no more" in (await client.get(link)).text
    await run_jobs()
    mailbox.letters.clear()
    await HANDLERS["ticketing.remind_holder"](
        {"claim_id": second.reference, "starts_at": denver(12, 11).astimezone(dt.UTC).isoformat()}
    )
    await run_jobs()
    assert mailbox.letters == []
    await client.post(link, data={"again": "yes"})
    await HANDLERS["ticketing.remind_holder"](
        {"claim_id": second.reference, "starts_at": denver(12, 11).astimezone(dt.UTC).isoformat()}
    )
    await run_jobs()
    assert len(mailbox.letters) == 1
    assert (await client.post("/mail/stop/guessed", data={})).status_code == 404


async def test_a_changed_secret_of_the_service_ends_the_links_that_could_be_made_from_it(
    client: httpx2.AsyncClient, held: Held, mailbox: Mailbox, run_jobs: Any, with_settings: Any
) -> None:
    with_settings(smtp_url=mailbox.url, secret_key="another-secret-of-the-service-0123456789")
    assert (await client.get(held.path)).status_code == 200
    await sweep_at(denver(11, 9), run_jobs)
    found = re.search(
        r"http://localhost:8000(/am/tickets/\S+)", part_of(mailbox.letters[0], "text/plain").get_content()
    )
    assert found
    assert (await client.get(found.group(1))).status_code == 200
    assert (await client.get(held.path)).status_code == 404
    assert codes_in(part_of(mailbox.letters[0], "image/png").get_content()) == [held.token]


async def test_without_an_address_the_ticket_comes_as_a_signed_text(
    client: httpx2.AsyncClient, run_jobs: Any, with_settings: Any
) -> None:
    with hooked() as provider:
        with_settings(sms_url=provider.url, sms_secret="shared-with-the-provider")
        held = await take_ticket(client, await make_occasion(), language="es")
        await Claim.filter(reference=held.reference).update(phone="+13035550100")
        provider.answers = [(503, {})]
        await HANDLERS["ticketing.claim_confirmed"]({"claim_id": held.reference})
        await run_jobs()
        await _due_now()
        await run_jobs()
        await HANDLERS["ticketing.claim_confirmed"]({"claim_id": held.reference})
        await run_jobs()
        assert _signed_texts(provider, "shared-with-the-provider") == 2
        message = await MailMessage.get(kind="ticket.text")
        assert (message.state, message.attempts, message.recipient) == ("sent", 2, "+13035550100")
        assert f"http://localhost:8000/es{held.path}" in message.text
        provider.answers = [(422, {})]
        await HANDLERS["ticketing.claim_confirmed"]({"claim_id": held.reference, "again": "x"})
        await run_jobs()
        assert await MailMessage.filter(state="failed").count() == 1


async def _due_now() -> None:
    from festival.jobs.models import Job

    await Job.filter(state="todo").update(run_at_ms=0)


def _signed_texts(provider: Hook, secret: str) -> int:
    import hashlib
    import hmac

    for _, headers, body in provider.asked:
        at, given = headers["festival-signature"].removeprefix("t=").split(",v1=")
        assert hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest() == given
    assert len({headers["idempotency-key"] for _, headers, _ in provider.asked}) == 1
    return len(provider.asked)


async def test_dates_called_off_together_are_told_and_told_again_when_it_is_undone(
    held: Held, mailbox: Mailbox, run_jobs: Any
) -> None:
    offer = await Offer.get(id=held.offer_id)
    occurrence = await Occurrence.get(id=offer.occurrence_id).select_related("program")
    form = FollowingForm.model_validate(
        {"state": "cancelled", "reason": "The hall is closed", "revision": occurrence.revision}
    )
    entry = await change_following(occurrence, form, NOBODY)
    await run_jobs()
    assert "The hall is closed" in part_of(mailbox.letters[0], "text/plain").get_content()
    await undo_following(entry, NOBODY)
    await run_jobs()
    kinds = await MailMessage.exclude(kind="ticket.confirmed").order_by("id").values_list("kind", flat=True)
    assert kinds == ["ticket.cancelled", "ticket.restored"]
