"""What we know of an application that answers a dispute."""

from __future__ import annotations

from collections.abc import Sequence

from festival.accounts.models import Person
from festival.kit.i18n import gettext, moment, put
from festival.payments.evidence import Section
from festival.settings import settings
from vendors.dates.queries import day_in, list_asked
from vendors.lifecycle.rules import name_for_staff
from vendors.models import Answer, Application, ApplicationMessage, BoothAssignment, Transition


async def list_evidence(application_id: int) -> Sequence[Section]:
    """Who applied for what, every step until the arrival, the space, and what was written to and fro."""
    application = await Application.get(id=application_id).select_related("category__call__festival")
    person, zone = await Person.get(id=application.applicant_id), settings().zone
    who = [
        (gettext("Name"), f"{application.name}, {person.name}"),
        (gettext("E-mail"), person.email),
        (gettext("Receipt number"), application.receipt),
        (gettext("Festival"), application.category.call.festival.name),
        (gettext("Category"), application.category.name),
    ]
    spaces = BoothAssignment.filter(application_id=application_id, ended_at=None)
    codes = ", ".join(str(code) for code in await spaces.values_list("booth__code", flat=True))
    if codes:
        who.append((gettext("Space"), codes))
    days = [put(day_in(application.language, row.date.held_on)) for row in await list_asked(application.id)]
    if days:
        who.append((gettext("Days"), ", ".join(days)))
    answers = await Answer.filter(application_id=application_id).select_related("question").order_by("question_id")
    steps = await Transition.filter(application_id=application_id).order_by("id")
    messages = await ApplicationMessage.filter(application_id=application_id).order_by("id")
    return [
        Section(gettext("The application"), [*who, *((row.question.label, row.value) for row in answers)]),
        Section(
            gettext("What happened, step by step"),
            [(moment(step.at, zone), put(name_for_staff(step.after))) for step in steps],
        ),
        Section(gettext("Messages"), [(moment(row.at, zone), row.text) for row in messages]),
    ]
