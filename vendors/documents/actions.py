"""Writes: papers handed in, accepted, sent back."""

from __future__ import annotations

import asyncio
import datetime as dt

from tortoise.functions import Sum

from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Invalid, TooLarge
from festival.kit.web.access import NOBODY, Principal
from festival.kit.words import N_, say
from festival.organisation.actions import record_audit
from festival.scanning.clamd import require_clean
from festival.settings import settings
from festival.storage.models import StoredFile
from festival.storage.store import keep_file
from vendors.applying.rules import NoPapersNow
from vendors.documents.inspection import MOST_BYTES, inspect
from vendors.documents.queries import list_needed
from vendors.lifecycle.actions import THE_CLOCK, move_application
from vendors.lifecycle.rules import TAKES_DOCUMENTS, State
from vendors.models import Application, Document, DocumentKind

QUOTA_BYTES = 120 * 1024 * 1024
# Decoding is heavy: two at a time leave the machine to everybody else.
_at_work = asyncio.Semaphore(2)


class QuotaReached(TooLarge):
    """One applicant's share of the store is used up."""

    code = "quota_reached"
    message = N_("You have sent very many files. Write to us, and we make room.")


async def hand_in_file(
    application: Application, kind: DocumentKind, name: str, content: bytes, by: Principal = NOBODY
) -> Document:
    """Keep an uploaded paper in place of an earlier one; raises the refusals of `inspect`, QuotaReached, Infected,
    ScannerAway."""
    if application.state not in TAKES_DOCUMENTS:
        raise NoPapersNow
    if len(content) > MOST_BYTES:
        raise TooLarge
    owner = application.applicant_id
    kept = StoredFile.filter(owner_id=owner, removed_at=None).annotate(total=Sum("size"))
    row = await kept.first().values("total")
    if int((row or {}).get("total") or 0) + len(content) > QUOTA_BYTES:
        raise QuotaReached
    # What came is looked at: a picture drawn anew is clean, and would hide that somebody tried.
    await require_clean(content, by, ("application", application.id))
    async with _at_work:
        checked = await asyncio.to_thread(inspect, content)
    stem = name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or kind.slug
    clean = "".join(letter for letter in stem if letter.isprintable())[:120]
    stored = await keep_file(checked.content, f"{clean}.{checked.suffix}", checked.media_type, owner)
    return await _replace(application, kind, file_id=stored.id)


async def hand_in_link(application: Application, kind: DocumentKind, link: str) -> Document:
    """Keep a link, already found to be http or https."""
    if application.state not in TAKES_DOCUMENTS:
        raise NoPapersNow
    return await _replace(application, kind, link=link)


async def _replace(
    application: Application, kind: DocumentKind, *, file_id: int | None = None, link: str = ""
) -> Document:
    async with transaction():
        earlier = Document.filter(application_id=application.id, kind_id=kind.id, superseded_at=None)
        await earlier.update(superseded_at=now())
        document = await Document.create(
            application_id=application.id, kind_id=kind.id, file_id=file_id, link=link, uploaded_at=now()
        )
        await settle_papers(application.id)
        return document


async def judge_document(
    document: Document,
    *,
    accepted: bool,
    reason: str,
    by: Principal,
    expires_on: dt.date | None = None,
    number: str = "",
) -> None:
    """Accept a paper, which is good until `expires_on` if it ends at all and has its own `number`, or send it back.

    Raises Invalid for one that ends before the festival does, and for a return without a reason.
    """
    if not accepted and not reason:
        raise Invalid({"reason": say(N_("Write what is wrong with it. The applicant reads this."))})
    if accepted and expires_on and expires_on < await _last_day(document.application_id):
        raise Invalid({"expires_on": say(N_("This paper ends before the festival does. Send it back instead."))})
    state = "accepted" if accepted else "sent_back"
    async with transaction():
        await Document.filter(id=document.id).update(
            state=state, reason=reason, reviewed_by=by.id, reviewed_at=now(),
            expires_on=expires_on if accepted else None, number=number if accepted else "",
        )  # fmt: skip
        await record_audit(by, f"document.{state}", ("document", document.id), after={"reason": reason})
        await settle_papers(document.application_id)


async def _last_day(application_id: int) -> dt.date:
    application = await Application.get(id=application_id).select_related("category__call__festival")
    return application.category.call.festival.ends_at.astimezone(settings().zone).date()


async def settle_papers(application_id: int) -> None:
    """Let a confirmed place be ready once every paper that is needed is accepted, and no longer when one is not."""
    application = await Application.get(id=application_id)
    if application.state not in {State.CONFIRMED, State.DOCS_READY}:
        return
    kinds = {row.kind_id for row in (await list_needed([application], required=True))[application.id]}
    there = Document.filter(application_id=application_id, superseded_at=None, state="accepted", kind_id__in=kinds)
    accepted = {int(str(kind)) for kind in await there.values_list("kind_id", flat=True)}
    wanted = State.DOCS_READY if kinds <= accepted else State.CONFIRMED
    if application.state != wanted:
        await move_application(application, wanted, THE_CLOCK)
