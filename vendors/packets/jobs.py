"""Packets are made part by part, and forgotten some months after the festival."""

from __future__ import annotations

from typing import Any

from festival.jobs.regular import Regular
from festival.jobs.worker import Handlers
from vendors.packets.actions import MAKE_PART, forget_old_packets, make_part

_FORGET = "vendors.forget_packets"


async def make(payload: dict[str, Any]) -> None:
    """Write the next part."""
    await make_part(payload["packet_id"], payload["position"])


async def forget(_: dict[str, Any]) -> None:
    """Remove what is over."""
    await forget_old_packets()


HANDLERS: Handlers = {MAKE_PART: make, _FORGET: forget}
REGULAR: Regular = {_FORGET: 86_400}
