"""Staff page: an offer's name, age bands and questions beside their translations."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import NotFound
from festival.kit.languages import DEFAULT, LANGUAGES
from festival.kit.text import clean_line
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import form_values
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from ticketing.models import Offer
from ticketing.offers.queries import get_occasion, get_offer
from ticketing.wording.actions import save_offer_texts
from ticketing.wording.queries import count_open, list_offer_texts

_LONGEST = 300


def _language(request: Request) -> str:
    code = request.query_params.get("language", "es")
    if code not in LANGUAGES or code == DEFAULT:
        raise NotFound
    return code


async def get_words(request: Request) -> Response:
    """Every text beside its translation into one language, and how much is open in the others."""
    facts = await get_offer(request.path_params["offer_id"])
    offer, code = await Offer.get(id=facts.id), _language(request)
    standing = {
        other: count_open(await list_offer_texts(offer, other)) for other in LANGUAGES if other != DEFAULT
    }  # fmt: skip
    return render(
        request, "ticketing/wording/words.html", offer=offer, occasion=await get_occasion(facts),
        into=LANGUAGES[code], texts=await list_offer_texts(offer, code), standing=standing, longest=_LONGEST,
        saved=request.query_params.get("done") == "saved",
    )  # fmt: skip


async def post_words(request: Request) -> Response:
    """Keep them."""
    facts = await get_offer(request.path_params["offer_id"])
    offer, code = await Offer.get(id=facts.id), _language(request)
    fields = form_values(await request.form())
    given = {name: clean_line(value)[:_LONGEST] for name, value in fields.items() if isinstance(value, str)}
    await save_offer_texts(offer, code, given, principal_of(request))
    return go_to(request, f"/organize/offers/{offer.id}/words?language={code}&done=saved")


routes: Routes = [
    Door("/organize/offers/{offer_id:int}/words", staff(Role.ORGANIZER), get=get_words, post=post_words),
]
