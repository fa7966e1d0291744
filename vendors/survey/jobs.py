"""The links of a survey go out on its day, and later to those who were late on the list."""

from __future__ import annotations

from typing import Any

from festival.jobs.regular import Regular
from festival.jobs.worker import Handlers
from festival.kit.clock import now
from festival.kit.i18n import use_language
from festival.settings import settings
from vendors.models import VendorSurvey
from vendors.survey.actions import SEND, ask, find_reader
from vendors.survey.emails import survey_letter
from vendors.survey.queries import list_unasked

_LOOK = "vendors.survey_look"


async def send(payload: dict[str, Any]) -> None:
    """Ask everybody who took part and was not asked yet; running twice asks once."""
    survey = await VendorSurvey.get(id=payload["survey_id"]).select_related("call__festival")
    for application in await list_unasked(survey):
        use_language(application.language)
        person = await find_reader(application)
        await ask(survey, application, survey_letter(survey, application, person, survey.call.festival.name))


async def look(_: dict[str, Any]) -> None:
    """Every survey whose day has come and whose last day is not over."""
    today = now().astimezone(settings().zone).date()
    due = VendorSurvey.filter(send_on__lte=today, call__festival__ends_at__lt=now())
    for survey in await due:
        if survey.closes_on is None or survey.closes_on >= today:
            await send({"survey_id": survey.id})


HANDLERS: Handlers = {SEND: send, _LOOK: look}
REGULAR: Regular = {_LOOK: 3600}
