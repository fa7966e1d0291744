"""Organizers find applications by name, receipt or category, however these are written; drafts stay private."""

from __future__ import annotations

import pytest

from festival.seeding.actions import DEMO_PROGRAMME, seed_programme
from vendors.models import Application
from vendors.review.panels import find_applications


@pytest.mark.usefixtures("database")
async def test_applications_are_found_by_name_receipt_and_category() -> None:
    await seed_programme(DEMO_PROGRAMME.read_text(encoding="utf-8"))
    banh = await Application.get(name="Bánh Mì Bay")
    for text in ("banh mi", "BÁNH", banh.receipt, "bay food truck"):
        assert f"/organize/applications/{banh.receipt}" in [hit.path for hit in await find_applications(text)], text
    assert await find_applications("karen kitchen") == []  # a draft is its owner's own
    assert await find_applications("  ") == []
