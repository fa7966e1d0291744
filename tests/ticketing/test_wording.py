"""An offer's own texts in other languages, as the team writes them and visitors read them; on both databases."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from festival.organisation.models import AuditEntry
from tests.concurrency.test_kill import make_offer
from ticketing.models import Claim, Offer, OfferQuestion


@pytest.fixture
async def offer_id(client: httpx2.AsyncClient, sign_in: Any) -> int:
    """An offer with a name, age bands and a question with answers to choose; an organizer is signed in."""
    made = await make_offer(20)
    asks = {"age_bands": ["Children up to 12", "Adults"], "questions": True}
    await Offer.filter(id=made).update(name="Morning", asks=asks)
    await OfferQuestion.create(
        offer_id=made, position=0, label="How do you come?", kind="choice", options=["By bus", "On foot"], required=True
    )
    await sign_in("organizer")
    return made


async def fields_of(client: httpx2.AsyncClient, offer_id: int, language: str) -> dict[str, str]:
    """The form's fields by what they translate."""
    from ticketing.wording.queries import list_offer_texts

    return {text.source: text.name for text in await list_offer_texts(await Offer.get(id=offer_id), language)}


async def test_visitors_read_the_offer_in_their_language(client: httpx2.AsyncClient, offer_id: int) -> None:
    page = f"/organize/offers/{offer_id}/words?language=es"
    assert (await client.get(page)).text.count("Missing") == 6
    names = await fields_of(client, offer_id, "es")
    words = {
        "Morning": "Mañana", "Children up to 12": "Menores de 12", "Adults": "Personas adultas",
        "How do you come?": "¿Cómo viene?", "By bus": "En autobús", "On foot": "A pie",
    }  # fmt: skip
    saved = await client.post(page, data={names[source]: text for source, text in words.items()})
    assert saved.status_code == 303
    assert "Missing" not in (await client.get(page)).text
    form = (await client.get(f"/es/claim/{offer_id}")).text
    for text in words.values():
        assert text in form
    assert '<option value="By bus">En autobús</option>' in form, "what is kept is the same in every language"
    question = await OfferQuestion.get(offer_id=offer_id)
    body = {
        "party": 2, "language": "es", "bands": {"Adults": 2}, "answers": {str(question.id): ["By bus"]},
    }  # fmt: skip
    answer = await client.post(f"/api/v1/offers/{offer_id}/claims", json=body, headers={"Idempotency-Key": "words"})
    assert answer.status_code == 201, answer.text
    claim = await Claim.get(reference=answer.json()["claim_id"])
    assert claim.facts == {"bands": {"Adults": 2}, "answers": {str(question.id): ["By bus"]}}
    assert "Mañana" in (await client.get(answer.json()["manage_url"].replace("/tickets/", "/es/tickets/"))).text
    assert "Morning" in (await client.get(f"/claim/{offer_id}")).text
    assert await AuditEntry.filter(action="translation.saved", object_kind="offer").count() == 1


async def test_a_changed_english_text_makes_its_translation_stale(client: httpx2.AsyncClient, offer_id: int) -> None:
    page = f"/organize/offers/{offer_id}/words?language=so"
    names = await fields_of(client, offer_id, "so")
    await client.post(page, data={names["Morning"]: "Subax"})
    await Offer.filter(id=offer_id).update(name="Noon")
    shown = (await client.get(page)).text
    assert "The English text changed since" in shown
    assert "Subax" in shown
    await client.post(page, data={names["Morning"]: ""})
    assert "Noon" in (await client.get(f"/so/claim/{offer_id}")).text


async def test_only_the_team_and_only_languages_we_have(
    client: httpx2.AsyncClient, offer_id: int, sign_in: Any
) -> None:
    for code in ("en", "xx", "../es"):
        assert (await client.get(f"/organize/offers/{offer_id}/words?language={code}")).status_code == 404
    assert (await client.get("/organize/offers/999999/words")).status_code == 404
    await sign_in("")
    assert (await client.get(f"/organize/offers/{offer_id}/words")).status_code in {303, 403, 404}
