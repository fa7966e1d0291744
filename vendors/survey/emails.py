"""The letter that asks how it was."""

from __future__ import annotations

from festival.accounts.models import Person
from festival.kit.i18n import gettext
from festival.kit.web.templates import templates
from festival.mail.actions import Letter
from festival.settings import settings
from vendors.models import Application, VendorSurvey
from vendors.survey.queries import survey_secret


def survey_letter(survey: VendorSurvey, application: Application, person: Person, festival_name: str) -> Letter:
    """The private link, in the current language."""
    link = f"{settings().base_url}/{application.language}/vendor-survey/{survey_secret(application.id)}"
    facts = {"survey": survey, "application": application, "festival_name": festival_name, "link": link}
    return Letter(
        recipient=person.email, language=application.language,
        subject=gettext("How was %(festival)s for you?") % {"festival": festival_name},
        text=templates().render("vendors/survey/letter.txt", facts),
        html=templates().render("vendors/survey/letter.html", facts),
    )  # fmt: skip
