"""The survey afterwards: by a private link, once, with or without a name, in the reader's language."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import httpx2
import pytest

from events.models import Festival
from festival.kit.clock import frozen_at, now
from festival.kit.errors import Invalid
from festival.kit.i18n import use_language
from festival.kit.web.access import NOBODY
from festival.mail.models import MailMessage
from festival.settings import Settings
from tests.vendors.making import FESTIVAL_DAY, make_application, make_category
from vendors.models import (
    Application,
    Call,
    VendorSurvey,
    VendorSurveyAnswer,
    VendorSurveyLink,
    VendorSurveyQuestion,
    VendorSurveyReply,
)
from vendors.survey.actions import answer_survey, make_survey, save_question
from vendors.survey.jobs import look, send
from vendors.survey.queries import get_call, get_link, get_results, list_questions, survey_secret
from vendors.survey.rules import AlreadyAnswered, Asked, QuestionAnswered, SurveyClosed, average, read_answers, tally
from vendors.survey.rules import require_open as require_still_open

AFTER = FESTIVAL_DAY + dt.timedelta(days=2)
STARS, CHOICE = Asked(1, "stars", "How?", [], required=True), Asked(2, "choice", "Which?", ["A", "B"], required=False)
TEXT = Asked(3, "text", "What?", [], required=False)


@pytest.mark.parametrize(
    ("values", "answers"),
    [
        ({"q1": "5"}, {1: "5"}), ({"q1": " 3 ", "q2": "1", "q3": "Good"}, {1: "3", 2: "1", 3: "Good"}),
        ({}, {"q1"}), ({"q1": "6"}, {"q1"}), ({"q1": "five"}, {"q1"}), ({"q1": "1", "q2": "2"}, {"q2"}),
        ({"q1": "1", "q2": "-1"}, {"q2"}), ({"q1": "1", "q3": "x" * 2001}, {"q3"}), ({"q1": ["1", "2"]}, {"q1"}),
    ],
)  # fmt: skip
def test_only_answers_that_were_offered_are_taken(values: dict[str, Any], answers: Any) -> None:
    if isinstance(answers, set):
        with pytest.raises(Invalid) as refusal:
            read_answers([STARS, CHOICE, TEXT], values)
        assert set(refusal.value.errors) == answers
    else:
        assert read_answers([STARS, CHOICE, TEXT], values) == answers


def test_many_answers_are_bars_and_a_mean() -> None:
    assert [(bar.count, bar.length) for bar in tally(CHOICE, ["0", "0", "1"])] == [(2, 100.0), (1, 50.0)]
    assert [bar.count for bar in tally(STARS, ["5", "1", "5"])] == [2, 0, 0, 0, 1]
    assert tally(TEXT, ["x"]) == []
    assert (average(["5", "4"]), average([])) == (4.5, None)


def test_the_last_day_counts() -> None:
    require_still_open(dt.date(2027, 7, 1), dt.date(2027, 7, 1))
    with pytest.raises(SurveyClosed):
        require_still_open(dt.date(2027, 7, 1), dt.date(2027, 7, 2))


# ---------------------------------------------------------------- over both databases


async def make_asked(*states: str) -> tuple[Call, VendorSurvey, list[Application]]:
    """A survey that is due, and an applicant in each of `states`."""
    category = await make_category(cap=20)
    people = [await make_application(category, state=state, language="es") for state in states]
    call = await get_call((await Festival.get(call__id=category.call_id)).slug)
    survey = await make_survey(call, NOBODY)
    await VendorSurvey.filter(id=survey.id).update(send_on=AFTER.date())
    return call, await VendorSurvey.get(id=survey.id), people


async def test_those_who_took_part_are_asked_once_in_their_language(database: Settings) -> None:
    _, survey, people = await make_asked("checked_in", "completed", "no_show", "withdrawn")
    await look({})  # not over yet
    assert not await MailMessage.all().count()
    with frozen_at(AFTER):
        await look({})
        await look({})
    letters = await MailMessage.filter(kind="vendors.survey").order_by("id")
    assert [one.about_id for one in letters] == [one.id for one in people[:2]]
    assert f"/es/vendor-survey/{survey_secret(people[0].id)}" in letters[0].text
    assert letters[0].language == "es"
    await Application.filter(id=people[2].id).update(state="checked_in")  # came after all
    await send({"survey_id": survey.id})
    assert await MailMessage.filter(kind="vendors.survey").count() == 3


async def test_two_posts_of_one_link_keep_one_answer(database: Settings) -> None:
    _, survey, people = await make_asked("completed")
    await send({"survey_id": survey.id})
    question = (await list_questions(survey))[0]
    links = [await get_link(survey_secret(people[0].id)) for _ in range(4)]
    outcomes = await asyncio.gather(
        *(answer_survey(link, {question.id: str(number + 1)}, anonymous=False) for number, link in enumerate(links)),
        return_exceptions=True,
    )
    assert len([one for one in outcomes if isinstance(one, AlreadyAnswered)]) == 3
    assert await VendorSurveyReply.all().count() == await VendorSurveyAnswer.all().count() == 1


async def answer_naively(number: int, value: str, barrier: asyncio.Barrier) -> None:
    """What `answer_survey` would be if it looked first and wrote then."""
    link = await VendorSurveyLink.get(id=number)
    await barrier.wait()  # everybody has looked by now
    if not link.answered:
        await VendorSurveyReply.create(survey_id=link.survey_id, application_id=None, language=value)
        await VendorSurveyLink.filter(id=number).update(answered=True)


async def test_the_naive_way_keeps_several_answers(database: Settings) -> None:
    """So that the test above can fail."""
    _, survey, _ = await make_asked("completed")
    await send({"survey_id": survey.id})
    link, barrier = await VendorSurveyLink.get(), asyncio.Barrier(4)
    await asyncio.gather(*(answer_naively(link.id, str(number), barrier) for number in range(4)))
    assert await VendorSurveyReply.all().count() == 4


async def test_an_answer_without_a_name_leads_back_to_nobody(database: Settings) -> None:
    _, survey, people = await make_asked("completed", "completed")
    await send({"survey_id": survey.id})
    question = (await list_questions(survey))[3]
    use_language("am")
    for one, anonymous in zip(people, (True, False), strict=True):
        link = await get_link(survey_secret(one.id))
        await answer_survey(link, {question.id: "Shade!"}, anonymous=anonymous)
    use_language("en")
    kept = {(row.application_id, row.language) for row in await VendorSurveyReply.all()}
    assert kept == {(None, ""), (people[1].id, "am")}
    results = await get_results(survey)
    assert (results.asked, results.answered, results.anonymous) == (2, 2, 1)
    assert {name for _, name in results.questions[3].words} == {"", people[1].name}
    # Where the team wants names, asking for none does nothing.
    await VendorSurvey.filter(id=survey.id).update(anonymous=False)
    await VendorSurveyLink.filter(application_id=people[0].id).update(answered=False)
    await answer_survey(await get_link(survey_secret(people[0].id)), {}, anonymous=True)
    assert await VendorSurveyReply.filter(application_id=people[0].id).count() == 1


async def test_what_was_answered_keeps_its_kind(database: Settings) -> None:
    _, survey, people = await make_asked("completed")
    await send({"survey_id": survey.id})
    row = await VendorSurveyQuestion.filter(survey_id=survey.id).order_by("position").first()
    assert row
    await answer_survey(await get_link(survey_secret(people[0].id)), {row.id: "5"}, anonymous=True)
    with pytest.raises(QuestionAnswered):
        await save_question(survey, row, {"kind": "text", "label": "x", "options": [], "required": False}, {}, NOBODY)
    await save_question(
        survey, row, {"kind": "stars", "label": "How was the lawn?", "options": [], "required": True},
        {"am": ("እንዴት ነበር?", "")}, NOBODY,
    )  # fmt: skip
    assert (await list_questions(survey, language="am"))[0].label == "እንዴት ነበር?"
    assert (await list_questions(survey, language="fr"))[0].label == "How was the lawn?"


async def test_from_the_set_up_to_the_export(client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any) -> None:
    category = await make_category(cap=20)
    stand = await make_application(category, state="completed")
    festival = await Festival.get(call__id=category.call_id)
    here = f"/organize/festivals/{festival.slug}/vendor-survey"
    await sign_in("organizer")
    assert (await client.post(here)).status_code == 303
    assert "How was the day for you?" in (await client.get(here)).text
    bad = {"kind": "choice", "label": "Which lot, 100% honest?", "options": "East"}
    assert (await client.post(f"{here}/questions", data=bad)).status_code == 422
    good = {**bad, "options": "East\nWest", "required": "yes"}
    assert (await client.post(f"{here}/questions", data=good)).status_code == 303
    question = await VendorSurveyQuestion.get(kind="choice")
    wrong = {**good, "label_es": "¿Qué lote?", "options_es": "Este"}
    assert (await client.post(f"{here}/questions/{question.id}", data=wrong)).status_code == 422
    right = {**good, "label_es": "¿Qué lote?", "options_es": "Este\nOeste"}
    assert (await client.post(f"{here}/questions/{question.id}", data=right)).status_code == 303
    assert (await client.post(f"{here}/send")).status_code == 409  # the day is to come
    await Festival.filter(id=festival.id).update(
        starts_at=now() - dt.timedelta(hours=9), ends_at=now() - dt.timedelta(hours=1)
    )
    assert (await client.post(f"{here}/send")).status_code == 303
    await run_jobs()
    client.cookies.clear()
    path = f"/es/vendor-survey/{survey_secret(stand.id)}"
    page = (await client.get(path)).text
    assert "Oeste" in page
    first = await VendorSurveyQuestion.get(position=0)
    missing = await client.post(path, data={f"q{first.id}": "5"})
    assert missing.status_code == 422
    answers = {f"q{first.id}": "5", f"q{question.id}": "1"}
    assert (await client.post(path, data=answers)).status_code == 303
    assert (await client.post(path, data=answers)).status_code == 409
    assert 'type="radio"' not in (await client.get(path)).text
    assert (await client.get("/vendor-survey/none-such")).status_code == 404
    await sign_in("organizer")
    assert "5.0 of 5" in (await client.get(here)).text
    table = (await client.get(f"{here}/replies.csv")).text
    assert f"{stand.name},es,5,,,,West" in table
    assert (await client.post(f"{here}/questions/{question.id}/remove")).status_code == 303
    assert "Which lot, 100% honest?" in (await client.get(f"{here}/replies.csv")).text
    await VendorSurvey.all().update(closes_on=dt.date(2020, 1, 1))
    assert (await client.get(path)).status_code == 410
