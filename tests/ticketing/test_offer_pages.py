"""The staff's pages over offers: found, counted, searched, and closed to others."""

from __future__ import annotations

import uuid
from typing import Any

import httpx2

from tests.concurrency.test_kill import make_offer


async def test_staff_find_an_offer_and_its_parties(client: httpx2.AsyncClient, sign_in: Any) -> None:
    offer_id = await make_offer(10)
    for name in ("Amina", "O'Brien"):
        await client.post(
            f"/api/v1/offers/{offer_id}/claims",
            json={"party": 3, "name": name, "email": None, "language": "en"},
            headers={"Idempotency-Key": str(uuid.uuid4())},
        )
    assert (await client.get(f"/organize/offers/{offer_id}")).status_code == 303
    await sign_in("reviewer")
    assert (await client.get("/organize/offers")).status_code == 403
    await sign_in("organizer")
    listed = await client.get("/organize/offers?q=picn")
    assert f"/organize/offers/{offer_id}" in listed.text
    page = await client.get(f"/organize/offers/{offer_id}")
    assert "Amina" in page.text
    assert "O&#39;Brien" in page.text
    found = await client.get(f"/organize/offers/{offer_id}?q=amin")
    assert "Amina" in found.text
    assert "O&#39;Brien" not in found.text
    assert (await client.get("/organize/offers/999999")).status_code == 404
