"""Writes of the desk: a letter goes again, a job is tried again."""

from __future__ import annotations

from festival.database import transaction
from festival.jobs.actions import enqueue, now_ms
from festival.jobs.models import Job
from festival.jobs.waking import wake_worker
from festival.kit.errors import Conflict, NotFound
from festival.kit.web.access import Principal
from festival.kit.words import N_
from festival.mail.actions import SEND_MAIL
from festival.mail.models import MailMessage
from festival.organisation.actions import record_audit
from ticketing.claim.actions import CLAIM_CONFIRMED
from ticketing.models import Claim

_NOT_SENT = ["kept", "failed", "bounced"]


async def send_again(message_id: int, by: Principal) -> None:
    """Send a letter that did not go out; one that was accepted is never sent twice."""
    async with transaction():
        if not await MailMessage.filter(id=message_id, state__in=_NOT_SENT).update(state="queued", error=""):
            if not await MailMessage.exists(id=message_id):
                raise NotFound
            raise Conflict(N_("This letter went out already, or is on its way."))
        await enqueue(SEND_MAIL, f"{SEND_MAIL}:{message_id}:{now_ms()}", {"message_id": message_id})
        await record_audit(by, "mail.sent_again", ("mail", message_id))


async def write_ticket_again(message_id: int, by: Principal) -> None:
    """Write a new letter with the ticket that a letter was about; raises NotFound, or Conflict after giving back."""
    message = await MailMessage.get_or_none(id=message_id, about_kind="claim")
    claim = await Claim.get_or_none(id=message.about_id) if message else None
    if claim is None:
        raise NotFound
    if claim.state != "live":
        raise Conflict(N_("These places were given back, so there is no ticket to send."))
    async with transaction():
        again = str(now_ms())
        payload = {"claim_id": claim.reference, "again": again}
        await enqueue(CLAIM_CONFIRMED, f"{CLAIM_CONFIRMED}:{claim.reference}:again:{again}", payload)
        await record_audit(by, "ticket.sent_again", ("claim", claim.id))


async def retry_job(job_id: int, by: Principal) -> None:
    """Give a dead job its tries again."""
    async with transaction():
        if not await Job.filter(id=job_id, state="dead").update(
            state="todo", attempts=0, lease_until_ms=0, run_at_ms=now_ms()
        ):
            raise NotFound
        await record_audit(by, "job.retried", ("job", job_id))
    wake_worker()
