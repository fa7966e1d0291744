"""What the organizers' search finds among applications."""

from __future__ import annotations

from events.search.hits import Hit
from events.search.rules import words_asked, words_kept
from vendors.lifecycle.rules import State
from vendors.models import Application

_MOST = 40


async def find_applications(text: str) -> list[Hit]:
    """Applications that were sent, by name, receipt or category. One query.

    They are few enough to be compared here, by the same folding as the public search.
    """
    asked = words_asked(text)
    rows = Application.exclude(state=State.DRAFT).select_related("category").order_by("name", "id")
    found: list[Hit] = []
    async for row in rows:
        words = words_kept(row.name, row.receipt, row.category.name).split()
        if asked and all(any(w.startswith(one) if part else w == one for w in words) for one, part in asked):
            found.append(Hit(row.name, row.category.name, f"/organize/applications/{row.receipt}"))
    return found[:_MOST]
