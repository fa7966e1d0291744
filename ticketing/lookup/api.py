"""The search as JSON, for enrolled phones only."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints
from starlette.requests import Request

from festival.kit.web.access import DEVICE
from festival.kit.web.api import Answer, Api, Body
from festival.kit.web.limits import limit_for
from ticketing.lookup.queries import find_parties
from ticketing.lookup.rules import LEAST_LETTERS
from ticketing.scan.api import device_of

api = Api("gate")
_A_MINUTE = 40


class SearchQuery(Body):
    """What is looked for."""

    q: Annotated[str, StringConstraints(strip_whitespace=True, min_length=LEAST_LETTERS, max_length=60)]


class PartyOut(Answer):
    """A party, its name masked; its `reference` can be sent as the token of a scan."""

    reference: str
    name: str
    party: int
    people_in: int


class PartiesOut(Answer):
    """At most ten parties; look for more of the name to find fewer."""

    parties: list[PartyOut]


@api.operation("GET", "/api/v1/gate/search", DEVICE, query=SearchQuery, out={200: PartiesOut})
async def get_gate_search(request: Request, query: SearchQuery) -> PartiesOut:
    """Parties of this gate's offers by name, masked, at most ten; nothing of it is kept on the phone."""
    device = device_of(request)
    limit_for("gate-search", _A_MINUTE, str(device.id))
    found = await find_parties(device, query.q)
    return PartiesOut(parties=[PartyOut.model_validate(party) for party in found])
