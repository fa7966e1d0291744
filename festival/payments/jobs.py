"""Job handlers that speak to Stripe, number papers, compare the books, and tell rooms of their obligations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from festival.jobs.regular import Regular
from festival.jobs.worker import Handler, Handlers
from festival.kit.i18n import use_language
from festival.mail.actions import queue_mail
from festival.organisation.queries import get_organisation
from festival.payments.actions import CLOSE_CHECKOUT, OBLIGATION_CHANGED, SEND_REFUND
from festival.payments.cards import FORGET_CARD, forget_card
from festival.payments.checkout import LOOK_AGAIN, close_attempt, look_again, send_refund
from festival.payments.emails import differences_letter, paper_letter
from festival.payments.inbox import APPLY_EVENT, apply_event
from festival.payments.ledger import ISSUE_PAPER
from festival.payments.papers import MAIL_PAPER, issue_paper
from festival.payments.reconciling import RECONCILE, list_differences, reconcile
from festival.payments.records import Paper

_DAY = 86_400


def tell_owners(owners: Mapping[str, Handler]) -> Handlers:
    """The handler of `OBLIGATION_CHANGED`: passes each on by the kind of its subject; nobody's are left alone."""

    async def tell(payload: dict[str, Any]) -> None:
        if owner := owners.get(payload["subject_kind"]):
            await owner(payload)

    return {OBLIGATION_CHANGED: tell}


async def _apply(payload: dict[str, Any]) -> None:
    await apply_event(payload["event_id"])


async def _close(payload: dict[str, Any]) -> None:
    await close_attempt(payload["payment_id"])


async def _look(payload: dict[str, Any]) -> None:
    await look_again(payload["payment_id"])


async def _refund(payload: dict[str, Any]) -> None:
    await send_refund(payload["refund_id"])


async def _forget(payload: dict[str, Any]) -> None:
    await forget_card(payload["card_id"])


async def _issue(payload: dict[str, Any]) -> None:
    await issue_paper(payload["entry_id"])


async def _mail_paper(payload: dict[str, Any]) -> None:
    paper = await Paper.get(id=payload["paper_id"])
    use_language(str(paper.facts["language"]))
    letter = await paper_letter(paper)
    await queue_mail("payments.paper", f"payments.paper:{paper.id}", letter, about=("obligation", paper.obligation_id))


async def _reconcile(_: dict[str, Any]) -> None:
    run = await reconcile()
    fresh = [one for one in await list_differences(open_now=True) if one.found_at == run.finished_at]
    office = await get_organisation()
    if fresh and office.contact_email:
        use_language(office.language)
        letter = differences_letter(office.contact_email, fresh)
        await queue_mail("payments.differences", f"payments.differences:{run.id}", letter)


HANDLERS: Handlers = {
    APPLY_EVENT: _apply,
    CLOSE_CHECKOUT: _close,
    FORGET_CARD: _forget,
    ISSUE_PAPER: _issue,
    LOOK_AGAIN: _look,
    MAIL_PAPER: _mail_paper,
    RECONCILE: _reconcile,
    SEND_REFUND: _refund,
}
REGULAR: Regular = {RECONCILE: _DAY}
