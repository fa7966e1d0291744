"""Writes: the survey and its questions, links by mail, and answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from festival.accounts.models import Person
from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.i18n import current_language
from festival.kit.secrets import digest
from festival.kit.web.access import Principal
from festival.mail.actions import Letter, queue_mail
from festival.organisation.actions import record_audit, save_translation
from festival.organisation.models import Translation
from festival.settings import settings
from vendors.models import (
    Application,
    Call,
    VendorSurvey,
    VendorSurveyAnswer,
    VendorSurveyLink,
    VendorSurveyQuestion,
    VendorSurveyReply,
)
from vendors.survey.queries import TEXTS, survey_secret
from vendors.survey.rules import FIRST_QUESTIONS, AlreadyAnswered, QuestionAnswered, SurveyTooEarly

SEND = "vendors.survey_send"
LETTER = "vendors.survey"
_OPEN_DAYS = 28


async def make_survey(call: Call, by: Principal) -> VendorSurvey:
    """A survey with the house's questions, sent the day after; or the one there is. `call` has its festival."""
    async with transaction():
        await Call.filter(id=call.id).select_for_update().only("id")
        known = await VendorSurvey.get_or_none(call_id=call.id)
        if known:
            return known
        over_on = call.festival.ends_at.astimezone(settings().zone).date()
        survey = await VendorSurvey.create(
            call_id=call.id, send_on=over_on + dt.timedelta(days=1), closes_on=over_on + dt.timedelta(days=_OPEN_DAYS)
        )
        await VendorSurveyQuestion.bulk_create(
            VendorSurveyQuestion(
                survey_id=survey.id, kind=kind, label=label, options=[], required=required, position=position
            )
            for position, (kind, label, required) in enumerate(FIRST_QUESTIONS)
        )
        await record_audit(by, "survey.made", ("vendor_survey", survey.id))
        return survey


async def save_survey(survey: VendorSurvey, facts: Mapping[str, Any], by: Principal) -> None:
    """Change what stands above the questions, and its days."""
    async with transaction():
        await VendorSurvey.filter(id=survey.id).update(**facts)
        after = {name: str(value) for name, value in facts.items()}
        await record_audit(by, "survey.saved", ("vendor_survey", survey.id), after=after)


async def save_question(
    survey: VendorSurvey,
    question: VendorSurveyQuestion | None,
    facts: Mapping[str, Any],
    texts: Mapping[str, tuple[str, str]],
    by: Principal,
) -> None:
    """Add a question or change one; `texts` are its words and options by language, empty ones are taken away.

    Raises QuestionAnswered where the kind or the number of options of one that was answered would be another.
    """
    async with transaction():
        if question is None:
            position = await VendorSurveyQuestion.filter(survey_id=survey.id).count()
            question = await VendorSurveyQuestion.create(survey_id=survey.id, position=position, **facts)
        else:
            await VendorSurveyQuestion.filter(id=question.id).select_for_update().only("id")
            same = facts["kind"] == question.kind and len(facts["options"]) == len(question.options)
            if not same and await VendorSurveyAnswer.exists(question_id=question.id):
                raise QuestionAnswered
            await VendorSurveyQuestion.filter(id=question.id).update(**facts)
        for language, (label, options) in texts.items():
            for field, text, source in (
                ("label", label, facts["label"]), ("options", options, "\n".join(facts["options"])),
            ):  # fmt: skip
                if text:
                    await save_translation((TEXTS, question.id), field, language, text, source)
                else:
                    mine = Translation.filter(kind=TEXTS, object_id=question.id, field=field, language=language)
                    await mine.delete()
        after = {"label": facts["label"], "kind": facts["kind"]}
        await record_audit(by, "survey.question", ("vendor_survey", survey.id), after=after)


async def put_question_away(survey: VendorSurvey, question: VendorSurveyQuestion, by: Principal) -> None:
    """Ask it no longer; what was answered stays."""
    async with transaction():
        await VendorSurveyQuestion.filter(id=question.id).update(removed_at=now())
        before = {"label": question.label}
        await record_audit(by, "survey.question_removed", ("vendor_survey", survey.id), before=before)


async def send_now(call: Call, survey: VendorSurvey, by: Principal) -> None:
    """Let the links go out now; raises SurveyTooEarly before the festival is over."""
    if call.festival.ends_at > now():
        raise SurveyTooEarly
    async with transaction():
        await VendorSurvey.filter(id=survey.id).update(send_on=now().astimezone(settings().zone).date())
        await enqueue(SEND, f"{SEND}:{survey.id}:{now().isoformat()}", {"survey_id": survey.id})
        await record_audit(by, "survey.sent", ("vendor_survey", survey.id))


async def ask(survey: VendorSurvey, application: Application, letter: Letter) -> None:
    """Give one of them a link and put its letter in the outbox, once."""
    async with transaction():
        _, made = await VendorSurveyLink.get_or_create(
            application_id=application.id,
            defaults={"survey_id": survey.id, "secret_digest": digest(survey_secret(application.id))},
        )
        if made:
            about = ("application", application.id)
            await queue_mail(LETTER, f"{LETTER}:{application.id}", letter, about=about)
            await VendorSurvey.filter(id=survey.id, sent_at=None).update(sent_at=now())


async def answer_survey(link: VendorSurveyLink, answers: Mapping[int, str], *, anonymous: bool) -> None:
    """Keep one answer to each question; raises AlreadyAnswered. A nameless reply knows no link, moment or language."""
    nameless = anonymous and link.survey.anonymous
    async with transaction():
        if not await VendorSurveyLink.filter(id=link.id, answered=False).update(answered=True):
            raise AlreadyAnswered
        reply = await VendorSurveyReply.create(
            survey_id=link.survey_id, application_id=None if nameless else link.application_id,
            language="" if nameless else current_language(),
        )  # fmt: skip
        for question_id, value in answers.items():
            await VendorSurveyAnswer.create(reply_id=reply.id, question_id=question_id, value=value)


async def find_reader(application: Application) -> Person:
    """Whom the letter goes to."""
    return await Person.get(id=application.applicant_id)
