"""Writes: a round of changes asked for, made, sent back, judged, taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from vendors.applying.actions import keep_answers
from vendors.applying.queries import File, get_file
from vendors.applying.rules import keep_asked
from vendors.changes.queries import Item, Part, Round, find_round, list_parts, list_returned
from vendors.changes.rules import NotAsked, NothingAsked, NotJudged, Unfinished, Verdict
from vendors.documents.actions import judge_document
from vendors.lifecycle.actions import as_applicant, as_staff, move_application
from vendors.lifecycle.rules import State, WrongStep
from vendors.models import Application, ApplicationAddOn, ChangeItem, ChangeRequest, Document

SEND_ASKED = "vendors.changes_asked"
SEND_RETURNED = "vendors.changes_returned"
MOST_PARTS = 60


async def ask_for_changes(
    application: Application, wanted: Mapping[str, str], words: str, due_at: dt.datetime, by: Principal
) -> ChangeRequest:
    """Ask the applicant to change the parts of `wanted`, each with its note; one letter names them all.

    Raises NothingAsked, NotAsked for a part that there is not, WrongStep where the application is not under review.
    """
    if not wanted:
        raise NothingAsked
    async with transaction():
        if application.state == State.SUBMITTED:
            application = await move_application(application, State.UNDER_REVIEW, as_staff(by))
        application = await move_application(
            application, State.CHANGES_REQUESTED, as_staff(by), words, quietly=True
        )  # fmt: skip
        parts = {part.key: part for part in list_parts(await get_file(application))}
        if not wanted.keys() <= parts.keys():
            raise NotAsked
        request = await ChangeRequest.create(
            application_id=application.id, words=words, asked_by=by.id, asked_at=now(), due_at=due_at
        )
        for key, note in wanted.items():
            await _ask_about(request, parts[key], note, by)
        await record_audit(
            by, "changes.asked", ("application", application.id),
            after={"parts": dict(wanted), "due_at": due_at.isoformat()},
        )  # fmt: skip
        await enqueue(SEND_ASKED, f"{SEND_ASKED}:{request.id}", {"request_id": request.id})
    return request


async def _ask_about(request: ChangeRequest, part: Part, note: str, by: Principal) -> None:
    document = part.document
    await ChangeItem.create(
        request_id=request.id, part=part.key, note=note, before=part.value,
        document_before_id=document.id if document else None,
    )  # fmt: skip
    if document and document.state != "sent_back":
        await judge_document(document, accepted=False, reason=note, by=by)


async def change_part(application: Application, part: Part, value: str, reply: str) -> None:
    """Keep the new value of a part that may be changed now, and the words to the team; raises WrongStep, NotAsked."""
    async with transaction():
        file, round_ = await _lock_round(application, part)
        if part.asked:
            answers = {**file.answers, part.asked.slug: value}
            kept = keep_asked(file.questions, answers)
            gone = {asked.id: "" for asked in file.questions if asked.slug in file.answers and asked.slug not in kept}
            await keep_answers(application.id, {**gone, part.asked.id: value})
        elif part.add_on:
            rows = ApplicationAddOn.filter(application_id=application.id, add_on_id=part.add_on.id)
            await rows.delete()
            if int(value):
                await ApplicationAddOn.create(
                    application_id=application.id, add_on_id=part.add_on.id, quantity=int(value)
                )
        elif not part.is_paper:
            column = {"about.name": "name", "about.description": "description", "about.fee": "fee_condition"}[part.key]
            await Application.filter(id=application.id).update(**{column: value})
        await ChangeItem.filter(request_id=round_.request.id, part=part.key).update(reply=reply)


async def require_open(application: Application, part: Part) -> None:
    """Let a paper be handed in for a part that was asked about; raises WrongStep, NotAsked."""
    async with transaction():
        await _lock_round(application, part)


async def _lock_round(application: Application, part: Part | None = None) -> tuple[File, Round]:
    """The application's row, locked while it is the applicant's turn; raises WrongStep, NotAsked."""
    mine = Application.filter(id=application.id, state=State.CHANGES_REQUESTED)
    if not await mine.update(changed_at=now()):
        raise WrongStep
    file = await get_file(await Application.get(id=application.id))
    round_ = await find_round(file)
    if round_ is None:
        raise WrongStep
    if part and round_.find(part.key) is None:
        raise NotAsked
    return file, round_


async def return_changes(application: Application, by: Principal) -> Application:
    """Send everything back to the team at once; raises Unfinished, WrongStep."""
    async with transaction():
        _, round_ = await _lock_round(application)
        if not round_.complete:
            raise Unfinished
        for item in round_.items:
            part = item.part
            document = part.document if part else None
            await ChangeItem.filter(id=item.row.id).update(
                state="returned", after=part.value if part else item.row.before,
                document_after_id=document.id if document else None,
            )  # fmt: skip
        await ChangeRequest.filter(id=round_.request.id).update(returned_at=now())
        moved = await move_application(application, State.UNDER_REVIEW, as_applicant(by))
        await record_audit(
            by, "changes.returned", ("application", application.id),
            before={item.row.part: item.row.before for item in round_.items},
            after={item.row.part: item.part.value for item in round_.items if item.part},
        )  # fmt: skip
        await enqueue(SEND_RETURNED, f"{SEND_RETURNED}:{round_.request.id}", {"request_id": round_.request.id})
    return moved


async def judge_changes(
    application: Application, said: Mapping[int, Verdict], due_at: dt.datetime, by: Principal
) -> ChangeRequest | None:
    """Accept what came back, or ask for it again in one new round, which is returned; what is not said stays open.

    An accepted paper is accepted as a paper too. Raises NotJudged, WrongStep, and Invalid as `judge_document`.
    """
    async with transaction():
        await Application.filter(id=application.id).update(changed_at=now())
        returned = {item.row.id: item for item in await list_returned(await get_file(application))}
        if not said:
            raise NotJudged
        if not said.keys() <= returned.keys():
            raise WrongStep
        for item_id, verdict in said.items():
            await _judge(returned[item_id], verdict, by)
        await record_audit(
            by, "changes.judged", ("application", application.id),
            after={returned[id_].row.part: "accepted" if one.accepted else one.note for id_, one in said.items()},
        )  # fmt: skip
        again = {returned[id_].row.part: one.note for id_, one in said.items() if not one.accepted}
        return await ask_for_changes(application, again, "", due_at, by) if again else None


async def _judge(item: Item, verdict: Verdict, by: Principal) -> None:
    state = "accepted" if verdict.accepted else "again"
    judged = await ChangeItem.filter(id=item.row.id, state="returned").update(
        state=state, judged_by=by.id, judged_at=now()
    )  # fmt: skip
    if not judged:
        raise WrongStep
    document = await Document.get_or_none(id=item.row.document_after_id or 0, superseded_at=None)
    if verdict.accepted and document and document.state != "accepted":
        await judge_document(document, accepted=True, reason="", by=by, expires_on=verdict.expires_on)


async def end_request(application: Application, by: Principal) -> Application:
    """Take the application back into review as it stands; what was not sent back is dropped. Raises WrongStep."""
    async with transaction():
        _, round_ = await _lock_round(application)
        await ChangeItem.filter(request_id=round_.request.id).update(state="dropped", judged_by=by.id, judged_at=now())
        await ChangeRequest.filter(id=round_.request.id).update(ended_at=now())
        await record_audit(by, "changes.ended", ("application", application.id), before=_told(round_.items))
        return await move_application(application, State.UNDER_REVIEW, as_staff(by))


async def move_due(application: Application, due_at: dt.datetime, by: Principal) -> None:
    """Give the applicant until another day; the reminders begin anew. Raises WrongStep."""
    async with transaction():
        _, round_ = await _lock_round(application)
        await ChangeRequest.filter(id=round_.request.id).update(due_at=due_at, reminded=None)
        await record_audit(
            by, "changes.due_moved", ("application", application.id),
            before={"due_at": round_.request.due_at.isoformat()}, after={"due_at": due_at.isoformat()},
        )  # fmt: skip


def _told(items: Sequence[Item]) -> dict[str, str]:
    return {item.row.part: item.row.note for item in items}
