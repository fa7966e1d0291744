"""Writes: a run that gives deposits back, a few at a time."""

from __future__ import annotations

from tortoise.expressions import F

from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.i18n import gettext
from festival.kit.web.access import Kind, Principal
from festival.kit.words import N_
from festival.organisation.actions import record_audit
from festival.payments.actions import request_refund
from festival.payments.rules import TooMuch
from vendors.deposits.queries import list_deposits
from vendors.deposits.rules import NothingToGiveBack, Verdict, require_over
from vendors.models import Call, DepositRun

GIVE_BACK = "vendors.deposit_run"
_AT_A_TIME = 20


async def start_run(call: Call, by: Principal) -> DepositRun:
    """Let every deposit that goes back be given back; a run at work is returned instead of a second one.

    `call` comes with its festival. Raises NotOverYet, NothingToGiveBack.
    """
    require_over(call.festival.ends_at, now())
    async with transaction():
        await Call.filter(id=call.id).select_for_update().only("id")
        running = await DepositRun.get_or_none(call_id=call.id, state="waiting")
        if running:  # woken once more, should its job have given up
            await enqueue(GIVE_BACK, f"{GIVE_BACK}:{running.id}:again:{now().isoformat()}", {"run_id": running.id})
            return running
        back = [one for one in await list_deposits(call) if one.verdict is Verdict.BACK]
        if not back:
            raise NothingToGiveBack
        run = await DepositRun.create(
            call_id=call.id, line_ids=[one.line.id for one in back], asked_by=by.id, asked_at=now()
        )  # fmt: skip
        await enqueue(GIVE_BACK, f"{GIVE_BACK}:{run.id}:0", {"run_id": run.id})
        after = {"deposits": len(back), "amount_cents": sum(one.cents for one in back)}
        await record_audit(by, "deposits.given_back", ("call", call.id), after=after)
    return run


async def go_on(run_id: int) -> None:
    """Give the next deposits of a run back. Each is looked at once more, and its refund and the progress are one
    transaction; the refund's key is the deposit's, so that no run and no other job gives it back twice."""
    run = await DepositRun.get_or_none(id=run_id, state="waiting").select_related("call")
    if run is None:
        return
    for line_id in run.line_ids[run.done : run.done + _AT_A_TIME]:
        await _give_back(run, line_id)
    async with transaction():
        await DepositRun.filter(id=run_id).select_for_update().only("id")
        done = (await DepositRun.get(id=run_id)).done
        if done < len(run.line_ids):
            await enqueue(GIVE_BACK, f"{GIVE_BACK}:{run_id}:{done}", {"run_id": run_id})
        else:
            await DepositRun.filter(id=run_id, state="waiting").update(state="ended", ended_at=now())


async def _give_back(run: DepositRun, line_id: int) -> None:
    async with transaction():
        await DepositRun.filter(id=run.id).select_for_update().only("id")
        present = await DepositRun.get(id=run.id)
        if line_id not in present.line_ids[present.done : present.done + 1]:
            return  # another run of the same job was here
        cents = 0
        deposits = await list_deposits(run.call, [line_id])
        if deposits and deposits[0].verdict is Verdict.BACK:
            by = Principal(Kind.PERSON, run.asked_by)
            try:
                async with transaction():
                    await request_refund(
                        deposits[0].line.obligation_id, deposits[0].cents,
                        gettext(N_("The deposit, after the festival.")), by, key=f"deposit-{line_id}", line_id=line_id,
                    )  # fmt: skip
                cents = deposits[0].cents
            except TooMuch:  # part of it went back by another way
                cents = 0
        await DepositRun.filter(id=run.id).update(
            done=F("done") + 1, refused=F("refused") + (0 if cents else 1), refunded_cents=F("refunded_cents") + cents
        )
