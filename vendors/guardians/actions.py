"""Writes: asking parents and guardians, and what they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.i18n import current_language
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from vendors.guardians.queries import words_of
from vendors.guardians.rules import MOST, AskedToday, TooManyMinors, can_ask_again
from vendors.models import Application, GuardianConsent

if TYPE_CHECKING:
    from vendors.guardians.forms import AnswerForm, MinorForm

ASK = "vendors.guardian"


async def ask_guardian(application: Application, given: MinorForm, by: Principal) -> GuardianConsent:
    """Name somebody under 18 and write to the parent or guardian; raises TooManyMinors."""
    async with transaction():
        await Application.filter(id=application.id).select_for_update().only("id")
        live = GuardianConsent.filter(application_id=application.id).exclude(state="ended")
        if await live.count() >= MOST:
            raise TooManyMinors
        consent = await GuardianConsent.create(
            application_id=application.id, minor_name=given.minor, guardian_name=given.guardian, email=given.email,
            language=given.language, asked_by=by.id, asked_at=now(),
        )  # fmt: skip
        await enqueue(ASK, f"{ASK}:{consent.id}:1", {"consent_id": consent.id, "nth": 1})
        # No names in the log: they are children's.
        await record_audit(by, "guardian.asked", ("application", application.id), after={"consent": consent.id})
    return consent


async def ask_again(application: Application, consent_id: int, by: Principal) -> None:
    """Write once more, at most once a day; raises NotFound, AskedToday."""
    async with transaction():
        consent = await _own(application, consent_id)
        if consent.state != "asked" or not can_ask_again(consent.asked_at, now()):
            raise AskedToday
        await GuardianConsent.filter(id=consent.id).update(asked_at=now())
        nth = int(now().timestamp())
        await enqueue(ASK, f"{ASK}:{consent.id}:{nth}", {"consent_id": consent.id, "nth": nth})
        await record_audit(by, "guardian.asked", ("application", application.id), after={"consent": consent.id})


async def remove_minor(application: Application, consent_id: int, by: Principal) -> None:
    """Somebody does not take part after all: the link opens nothing any more, the names go. Raises NotFound."""
    async with transaction():
        consent = await _own(application, consent_id)
        await GuardianConsent.filter(id=consent.id).update(
            state="ended", minor_name="", guardian_name="", email="", signed_name=""
        )
        await record_audit(by, "guardian.removed", ("application", application.id), before={"consent": consent.id})


async def _own(application: Application, consent_id: int) -> GuardianConsent:
    found = GuardianConsent.filter(id=consent_id, application_id=application.id).exclude(state="ended")
    consent = await found.select_for_update().first()
    if consent is None:
        raise NotFound
    return consent


async def answer_guardian(consent: GuardianConsent, given: AnswerForm, by: Principal) -> None:
    """Keep the answer with the words that were read, and who signed; another answer later takes its place."""
    agreed = given.answer == "given"
    async with transaction():
        changed = await GuardianConsent.filter(id=consent.id).exclude(state="ended").update(
            state=given.answer, signed_name=given.signed, answered_at=now(), wording=words_of(consent),
            pictures=agreed and given.pictures, language=current_language(),
        )  # fmt: skip
        if not changed:
            raise NotFound
        after = {"consent": consent.id, "answer": given.answer, "pictures": agreed and given.pictures}
        await record_audit(by, "guardian.answered", ("application", consent.application_id), after=after)
