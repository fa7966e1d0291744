"""Letters about changes: what is asked for, that it is still open, and that it came back."""

from __future__ import annotations

from festival.accounts.models import Person
from festival.kit.i18n import gettext, ngettext
from festival.kit.web.templates import templates
from festival.mail.actions import Letter
from festival.settings import settings
from vendors.applying.queries import File
from vendors.changes.queries import Round
from vendors.lifecycle.reasons import reason_lines
from vendors.models import Application


def asked_letter(file: File, round_: Round, person: Person, *, days_left: int | None = None) -> Letter:
    """What to change, each with its note, until when; as a reminder where `days_left` says how far it is (0: over)."""
    application = file.application
    count = len(round_.items)
    if days_left is None:
        subject = ngettext(
            "Please change %(num)s thing in your application %(receipt)s",
            "Please change %(num)s things in your application %(receipt)s", count,
        )  # fmt: skip
    else:
        subject = gettext("Not sent back yet: your application %(receipt)s")
    facts = {
        "application": application, "category": file.category_name, "round": round_, "days_left": days_left,
        "reason_lines": reason_lines,
        "link": f"{settings().base_url}/{application.language}/applications/{application.receipt}/changes",
    }  # fmt: skip
    return Letter(
        recipient=person.email, language=application.language,
        subject=subject % {"num": count, "receipt": application.receipt},
        text=templates().render("vendors/changes/asked.txt", facts),
        html=templates().render("vendors/changes/asked_letter.html", facts),
    )  # fmt: skip


def returned_letter(application: Application, reviewer: Person) -> Letter:
    """To whoever asked: the applicant sent the changes back."""
    place = f"organize/applications/{application.receipt}/changes"
    facts = {"application": application, "link": f"{settings().base_url}/{reviewer.language}/{place}"}
    return Letter(
        recipient=reviewer.email, language=reviewer.language,
        subject=gettext("%(name)s sent the changes back, %(receipt)s")
        % {"name": application.name or gettext("The applicant"), "receipt": application.receipt},
        text=templates().render("vendors/changes/returned.txt", facts),
        html=templates().render("vendors/changes/returned_letter.html", facts),
    )  # fmt: skip
