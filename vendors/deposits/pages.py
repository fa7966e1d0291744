"""The preview of deposits, and giving them back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.accounts.confirmation import require_recent_confirmation
from festival.kit.clock import now
from festival.kit.errors import Conflict
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import Message
from vendors.deposits.actions import start_run
from vendors.deposits.queries import get_call, list_deposits, list_runs
from vendors.deposits.rules import WHY, Verdict

_TEAM = staff(Role.ORGANIZER, Role.TREASURER)
_HERE = "/organize/festivals/{slug}/deposits"


async def get_deposits(request: Request) -> Response:
    """Who gets how much back, who does not and why."""
    return await _show(request)


async def _show(request: Request, status: int = 200, refusal: Message | None = None) -> Response:
    call = await get_call(request.path_params["slug"])
    deposits = await list_deposits(call)
    back = [one for one in deposits if one.verdict is Verdict.BACK]
    return render(
        request, "vendors/deposits/list.html", status, festival=call.festival, call=call, back=back,
        others=[one for one in deposits if one.verdict is not Verdict.BACK], total=sum(one.cents for one in back),
        runs=await list_runs(call), why=WHY, refusal=refusal, over=call.festival.ends_at <= now(),
        here=f"/organize/festivals/{call.festival.slug}/deposits",
    )  # fmt: skip


async def post_deposits(request: Request) -> Response:
    """Give them back; who does it proves once more who they are."""
    call = await get_call(request.path_params["slug"])
    here = f"/organize/festivals/{call.festival.slug}/deposits"
    await require_recent_confirmation(request, here)
    try:
        await start_run(call, principal_of(request))
    except Conflict as refusal:
        return await _show(request, refusal.status, refusal.words)
    return go_to(request, here)


routes: Routes = [Door(_HERE, _TEAM, get=get_deposits, post=post_deposits)]
