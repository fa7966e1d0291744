"""Letters to applicants: one for every step that concerns them."""

from __future__ import annotations

from festival.accounts.models import Person
from festival.kit.i18n import gettext
from festival.kit.web.templates import templates
from festival.mail.actions import Letter
from festival.settings import settings
from vendors.applying.queries import File
from vendors.lifecycle.reasons import reason_lines
from vendors.lifecycle.rules import shown_to_applicant
from vendors.models import Transition


def step_letter(file: File, person: Person, step: Transition) -> Letter:
    """What `step` means to its applicant, in the current language."""
    application = file.application
    base = f"{settings().base_url}/{application.language}"
    facts = {
        "application": application,
        "category": file.category_name,
        "shown": shown_to_applicant(step.after),
        "reason": reason_lines(step.reason),
        "link": f"{base}/applications/{application.receipt}",
        "pay_link": f"{base}{file.pay_path}" if file.pay_path else "",
        "offer_expires_at": application.offer_expires_at if step.after == "offered" else None,
    }
    subject = gettext("%(state)s: your application %(receipt)s") % {
        "state": gettext(shown_to_applicant(step.after).name),
        "receipt": application.receipt,
    }
    return Letter(
        recipient=person.email, language=application.language, subject=subject,
        text=templates().render("vendors/emails/step.txt", facts),
        html=templates().render("vendors/emails/step.html", facts),
    )  # fmt: skip
