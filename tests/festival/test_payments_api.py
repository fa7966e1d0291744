"""Obligations as JSON."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from festival.kit.web.access import NOBODY
from festival.payments.actions import record_counter_payment, request_refund


async def test_bill_pay_refund_and_read_the_ledger(client: httpx2.AsyncClient, staff_token: str) -> None:
    headers = {"authorization": f"Bearer {staff_token}"}
    made = await client.post(
        "/api/v1/obligations",
        json={
            "description": "Sponsor space", "payer_email": "obrien@example.org",
            "subject": {"kind": "sponsor", "id": "12"},
            "lines": [{"label": "Space", "unit_cents": 15_000}, {"label": "Early", "unit_cents": -1_000}],
        },
        headers=headers,
    )  # fmt: skip
    assert made.status_code == 201, made.text
    fee = made.json()
    assert (fee["due"], fee["state"], fee["subject"]) == (14_000, "unpaid", {"kind": "sponsor", "id": "12"})
    assert (await client.get(fee["pay_url"])).status_code == 200
    await record_counter_payment(int(fee["id"]), 14_000, "check", NOBODY, "no. 9")
    await request_refund(int(fee["id"]), 4_000, "smaller space")
    told = (await client.get(f"/api/v1/obligations/{fee['id']}", headers=headers)).json()
    assert (told["paid"], told["refunded"], told["state"]) == (14_000, 4_000, "part_refunded")
    assert [(entry["kind"], entry["amount_cents"]) for entry in told["entries"]] == [
        ("billed", 14_000), ("paid", 14_000), ("refunded", 4_000),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        {"description": "x"},
        {"description": "x", "amount_cents": 0},
        {"description": "x", "amount_cents": -5},
        {"description": "x", "amount_cents": 5, "lines": [{"label": "y", "unit_cents": 5}]},
        {"description": "x", "amount_cents": 10**30},
        {"description": "", "amount_cents": 5},
        {"description": "x", "amount_cents": 5, "subject": {"kind": "'; --", "id": 1}},
        {"description": "x", "amount_cents": 5, "due_at": "2027-01-01T00:00"},
    ],
)
async def test_what_cannot_be_billed_is_refused(
    client: httpx2.AsyncClient, staff_token: str, body: dict[str, Any]
) -> None:
    headers = {"authorization": f"Bearer {staff_token}"}
    refused = await client.post("/api/v1/obligations", json=body, headers=headers)
    assert refused.status_code == 422, refused.text


async def test_money_needs_its_scope_and_a_known_id(client: httpx2.AsyncClient, staff_token: str) -> None:
    assert (await client.get("/api/v1/obligations/1")).status_code == 401
    headers = {"authorization": f"Bearer {staff_token}"}
    for unknown in ("1", "none", "9" * 30):
        assert (await client.get(f"/api/v1/obligations/{unknown}", headers=headers)).status_code == 404
