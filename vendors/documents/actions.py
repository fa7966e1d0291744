"""Writes: papers handed in, accepted, sent back."""

from __future__ import annotations

import asyncio

from tortoise.functions import Sum

from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Conflict, TooLarge
from festival.kit.web.access import Principal
from festival.kit.words import N_
from festival.organisation.actions import record_audit
from festival.storage.models import StoredFile
from festival.storage.store import keep_file
from vendors.documents.inspection import MOST_BYTES, inspect
from vendors.lifecycle.rules import TAKES_DOCUMENTS
from vendors.models import Application, Document, DocumentKind

QUOTA_BYTES = 120 * 1024 * 1024
# Decoding is heavy: two at a time leave the machine to everybody else.
_at_work = asyncio.Semaphore(2)


class NoPapersNow(Conflict):
    """The application takes no papers any more."""

    code = "no_papers_now"
    message = N_("This application takes no papers any more.")


class QuotaReached(TooLarge):
    """One applicant's share of the store is used up."""

    code = "quota_reached"
    message = N_("You have sent very many files. Write to us, and we make room.")


async def hand_in_file(application: Application, kind: DocumentKind, name: str, content: bytes) -> Document:
    """Keep an uploaded paper in place of an earlier one; raises the refusals of `inspect`, QuotaReached."""
    if application.state not in TAKES_DOCUMENTS:
        raise NoPapersNow
    if len(content) > MOST_BYTES:
        raise TooLarge
    owner = application.applicant_id
    kept = StoredFile.filter(owner_id=owner, removed_at=None).annotate(total=Sum("size"))
    row = await kept.first().values("total")
    if int((row or {}).get("total") or 0) + len(content) > QUOTA_BYTES:
        raise QuotaReached
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
        return await Document.create(
            application_id=application.id, kind_id=kind.id, file_id=file_id, link=link, uploaded_at=now()
        )


async def judge_document(document: Document, *, accepted: bool, reason: str, by: Principal) -> None:
    """Accept a paper, or send it back with the reason."""
    state = "accepted" if accepted else "sent_back"
    async with transaction():
        await Document.filter(id=document.id).update(state=state, reason=reason, reviewed_by=by.id, reviewed_at=now())
        await record_audit(by, f"document.{state}", ("document", document.id), after={"reason": reason})
