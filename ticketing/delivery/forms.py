"""What staff ask for when they print or write."""

from __future__ import annotations

from typing import Literal

from festival.kit.web.api import Body


class PrintForm(Body):
    """Whose tickets: of those without an address, who need paper, or of everybody."""

    which: Literal["paper", "all"] = "paper"
