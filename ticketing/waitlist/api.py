"""The waitlist as JSON."""

from __future__ import annotations

import datetime as dt

from starlette.requests import Request

from festival.kit.errors import NotFound, NotSignedIn
from festival.kit.secrets import new_secret
from festival.kit.web.access import ANYONE, holder
from festival.kit.web.api import Answer, Api
from festival.kit.web.limits import limit
from festival.settings import settings
from ticketing.claim.forms import read_key
from ticketing.claim.rules import PER_MINUTE
from ticketing.models import WaitlistEntry
from ticketing.waitlist.actions import accept_offer, join_waitlist, leave_waitlist
from ticketing.waitlist.forms import WaitForm
from ticketing.waitlist.queries import entry_url, get_entry_by_secret, get_standing

api = Api("tickets")
HOLDER = holder("the waitlist entry's link, as bearer")


class JoinedAnswer(Answer):
    """A place in line; position 0 says that places are offered to the party already."""

    entry_id: str
    position: int
    manage_url: str


class EntryAnswer(Answer):
    """How a party stands: `waiting` at a position, `offered` until a moment, `claimed`, `expired` or `left`."""

    entry_id: str
    party: int
    state: str
    position: int | None
    offered_until: dt.datetime | None
    manage_url: str


class AcceptedAnswer(EntryAnswer):
    """The same, and where the ticket lives."""

    ticket_url: str


@api.operation(
    "POST", "/api/v1/offers/{offer_id:int}/waitlist", ANYONE, body=WaitForm, out={201: JoinedAnswer},
    problems=(404, 409, 503),
)  # fmt: skip
async def post_entry(request: Request, body: WaitForm) -> JoinedAnswer:
    """Stand at the end of the line; the same Idempotency-Key, if any, with the same body gets the same entry."""
    limit(request, "waitlist", PER_MINUTE)
    given = request.headers.get("idempotency-key")
    key = read_key(given) if given else new_secret()
    joined = await join_waitlist(body.ask(request.path_params["offer_id"], key))
    return JoinedAnswer(
        entry_id=joined.reference, position=joined.position, manage_url=entry_url(joined.reference)
    )  # fmt: skip


async def _read_entry(request: Request) -> tuple[WaitlistEntry, str]:
    """The entry in the address, and the bearer's secret, which must be its own; raises NotSignedIn or NotFound."""
    limit(request, "holder", PER_MINUTE)
    secret = str(getattr(request.state, "bearer", ""))
    if not secret:
        raise NotSignedIn
    entry = await get_entry_by_secret(secret)
    if entry.reference != request.path_params["entry_id"]:
        raise NotFound
    return entry, secret


async def _answer(entry: WaitlistEntry) -> EntryAnswer:
    standing = await get_standing(entry)
    return EntryAnswer(
        entry_id=entry.reference, party=entry.party, state=entry.state, position=standing.position,
        offered_until=entry.offered_until if entry.state == "offered" else None, manage_url=entry_url(entry.reference),
    )  # fmt: skip


@api.operation("GET", "/api/v1/waitlist/{entry_id}", HOLDER, out={200: EntryAnswer}, problems=(404,))
async def get_entry(request: Request) -> EntryAnswer:
    """How the party stands now."""
    entry, _ = await _read_entry(request)
    return await _answer(entry)


@api.operation("POST", "/api/v1/waitlist/{entry_id}/accept", HOLDER, out={200: AcceptedAnswer}, problems=(404, 409))
async def post_accept(request: Request) -> AcceptedAnswer:
    """Take the places that are held for the party."""
    entry, secret = await _read_entry(request)
    ticket = await accept_offer(secret)
    answer = await _answer(await WaitlistEntry.get(id=entry.id))
    return AcceptedAnswer(**answer.model_dump(), ticket_url=f"{settings().base_url}/tickets/{ticket}")


@api.operation("POST", "/api/v1/waitlist/{entry_id}/leave", HOLDER, out={200: EntryAnswer}, problems=(404,))
async def post_leave(request: Request) -> EntryAnswer:
    """Leave the line, or give back what is offered."""
    _, secret = await _read_entry(request)
    return await _answer(await leave_waitlist(secret))
