"""Reads: addresses that are in use."""

from __future__ import annotations

from typing import cast

from events.models import Program


async def list_taken_slugs() -> set[str]:
    """The address of every program."""
    return set(cast(list[str], await Program.all().values_list("slug", flat=True)))
