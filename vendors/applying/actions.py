"""Writes: a draft, its answers and wishes, its sending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from festival.database import transaction
from festival.kit.clock import now
from festival.kit.i18n import current_language
from festival.kit.web.access import Principal
from vendors.applying.queries import get_file, is_open
from vendors.applying.reusing import copy_answers, find_profile, took_part_before
from vendors.applying.rules import DeadlineOver, Incomplete, NoPapersNow
from vendors.lifecycle.actions import as_applicant, move_application
from vendors.lifecycle.receipts import new_receipt
from vendors.lifecycle.rules import EDITABLE, TAKES_DOCUMENTS, State, WrongStep
from vendors.models import Answer, Application, ApplicationAddOn, Call, Category, ChangeRequest, Document


async def start_application(call: Call, category: Category, by: Principal) -> Application:
    """A draft for `by`; the one that is there already, if any. Raises DeadlineOver."""
    if not is_open(call, category, now()):
        raise DeadlineOver
    mine = Application.filter(applicant_id=by.id, category_id=category.id, state=State.DRAFT)
    if (draft := await mine.first()) is not None:
        return draft
    profile = await find_profile(by.id)
    async with transaction():
        application = await Application.create(
            category_id=category.id, applicant_id=by.id, receipt=new_receipt(), language=current_language(),
            name=profile.name if profile else "", description=profile.description if profile else "",
            returning=await took_part_before(by.id, category), created_at=now(), changed_at=now(),
        )  # fmt: skip
        if profile:
            await copy_answers(application)
    return application


async def start_parts(
    call: Call, categories: Sequence[Category], name: str, description: str, by: Principal
) -> list[Application]:
    """A draft of each category with the same name and words; raises DeadlineOver before anything is begun."""
    if not all(is_open(call, category, now()) for category in categories):
        raise DeadlineOver
    drafts: list[Application] = []
    for category in categories:
        draft = await start_application(call, category, by)
        await save_about(draft, name, description, draft.fee_condition)
        drafts.append(draft)
    return drafts


async def reuse_papers(application: Application, chosen: Sequence[tuple[int, Document]]) -> None:
    """Hand in again what was handed in before, by kind; the team looks at it anew and sees when it ends."""
    if application.state not in TAKES_DOCUMENTS:
        raise NoPapersNow
    async with transaction():
        for kind_id, earlier in chosen:
            held = Document.filter(application_id=application.id, kind_id=kind_id, superseded_at=None)
            await held.update(superseded_at=now())
            await Document.create(
                application_id=application.id, kind_id=kind_id, file_id=earlier.file_id, link=earlier.link,
                expires_on=earlier.expires_on, number=earlier.number, uploaded_at=now(),
            )  # fmt: skip


async def _require_editable(application: Application) -> None:
    if application.state not in EDITABLE:
        raise WrongStep
    # Where the team named single parts, only those can be changed: on the page of vendors.changes.
    if await ChangeRequest.filter(application_id=application.id, returned_at=None, ended_at=None).exists():
        raise WrongStep


async def save_about(application: Application, name: str, description: str, fee_condition: str) -> None:
    """Keep who applies."""
    await _require_editable(application)
    await Application.filter(id=application.id, state__in=EDITABLE).update(
        name=name, description=description, fee_condition=fee_condition, changed_at=now()
    )


async def save_answers(application: Application, answers: Mapping[int, str]) -> None:
    """Keep answers by question; an empty one takes the earlier one away."""
    await _require_editable(application)
    async with transaction():
        await keep_answers(application.id, answers)


async def keep_answers(application_id: int, answers: Mapping[int, str]) -> None:
    """Write answers by question inside the caller's transaction; an empty one takes the earlier one away."""
    for question_id, value in answers.items():
        rows = Answer.filter(application_id=application_id, question_id=question_id)
        if not value:
            await rows.delete()
        elif not await rows.update(value=value):
            await Answer.create(application_id=application_id, question_id=question_id, value=value)


async def save_add_ons(application: Application, quantities: Mapping[int, int]) -> None:
    """Keep how many of each add-on are wanted."""
    await _require_editable(application)
    async with transaction():
        await ApplicationAddOn.filter(application_id=application.id).delete()
        for add_on_id, quantity in quantities.items():
            if quantity:
                await ApplicationAddOn.create(application_id=application.id, add_on_id=add_on_id, quantity=quantity)


async def send_application(application: Application, by: Principal) -> Application:
    """Hand a draft in, or a changed one back; raises Incomplete, and DeadlineOver for a draft that comes late."""
    await _require_editable(application)
    file = await get_file(application)
    first = application.state == State.DRAFT
    if first and not is_open(file.call, file.category, now()):
        raise DeadlineOver
    if file.missing:
        raise Incomplete
    after = State.SUBMITTED if first else State.UNDER_REVIEW
    return await move_application(application, after, as_applicant(by))
