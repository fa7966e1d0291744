"""Writes: a permission given, confirmed, taken back, and what is done under it; the audit log has both names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from festival.accounts.actions import ensure_person
from festival.accounts.models import Person
from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.errors import Invalid
from festival.kit.web.access import NOBODY, Principal
from festival.kit.words import N_, say
from festival.organisation.actions import record_audit
from vendors.applying.queries import is_open
from vendors.applying.rules import DeadlineOver
from vendors.helping.queries import find_live_consent, list_statements
from vendors.helping.rules import ConsentEnded
from vendors.lifecycle.receipts import new_receipt
from vendors.models import Application, Call, Category, HelpConsent

if TYPE_CHECKING:
    from vendors.helping.forms import HelpForm

SEND_CONSENT = "vendors.consent_letter"


async def start_for(call: Call, category: Category, form: HelpForm, by: Principal) -> Application:
    """A fresh draft that belongs to the applicant and that `by` may fill in; never one that is there already.

    The applicant gets a letter with the words of the permission and the way to take it back. Raises DeadlineOver,
    and Invalid for a navigator's own address.
    """
    if not is_open(call, category, now()):
        raise DeadlineOver
    helper = await Person.get(id=by.id)
    if form.email == helper.email:
        raise Invalid({"email": say(N_("This is your own address. Apply for yourself instead."))})
    async with transaction():
        person = await ensure_person(form.email, name=form.applicant, language=form.language)
        application = await Application.create(
            category_id=category.id, applicant_id=person.id, receipt=new_receipt(), name="",
            language=form.language, helper_id=by.id, helper_consent_at=now(), created_at=now(), changed_at=now(),
        )  # fmt: skip
        words = _statement(helper, form)
        consent = await HelpConsent.create(
            application_id=application.id, helper_id=by.id, helper_name=helper.name or helper.email,
            means=form.means, words=words, given_at=now(),
        )  # fmt: skip
        await enqueue(SEND_CONSENT, f"{SEND_CONSENT}:{consent.id}", {"consent_id": consent.id})
        await _record(by, "help.started", application, {"means": form.means, "words": words})
    return application


def _statement(helper: Person, form: HelpForm) -> str:
    """The words in the applicant's language, which is the one they were agreed to in, and what was noted."""
    spoken = {language.code: words for language, words in list_statements(helper.name or helper.email)}
    words = spoken[form.language]
    return f"{words}\n\n{form.note}" if form.note else words


async def confirm_help(consent: HelpConsent) -> None:
    """The applicant says that it is so; raises ConsentEnded."""
    async with transaction():
        if not await HelpConsent.filter(id=consent.id, withdrawn_at=None).update(confirmed_at=now()):
            raise ConsentEnded
        await _record(NOBODY, "help.confirmed", consent.application, {"by": "the applicant's letter"})


async def end_help(consent: HelpConsent, by: Principal) -> None:
    """The applicant takes the permission back: from this moment the navigator sees nothing any more.

    Twice is the same as once. What was filled in stays, it is the applicant's own.
    """
    async with transaction():
        if await HelpConsent.filter(id=consent.id, withdrawn_at=None).update(withdrawn_at=now()):
            await _record(by, "help.ended", await Application.get(id=consent.application_id), {})
            await Application.filter(id=consent.application_id, helper_id=consent.helper_id).update(helper_id=None)


async def note_help(application: Application, by: Principal, step: str) -> None:
    """Record what a navigator did in an application; nothing where the applicant did it."""
    if application.helper_id == by.id != application.applicant_id:
        await _record(by, "help.filled_in", application, {"step": step})


async def _record(by: Principal, action: str, application: Application, facts: dict[str, str]) -> None:
    applicant = await Person.get(id=application.applicant_id)
    consent = await HelpConsent.filter(application_id=application.id).order_by("-id").first()
    names = {
        "applicant": applicant.name or applicant.email,
        "navigator": consent.helper_name if consent else by.label,
    }
    await record_audit(by, action, ("application", application.id), after=names | facts)


async def end_own_help(application: Application, by: Principal) -> None:
    """End whatever permission holds for the asker's own application."""
    consent = await find_live_consent(application.id)
    if consent is not None and by.id == application.applicant_id:
        await end_help(consent, by)
