"""What somebody sends to stand in line."""

from __future__ import annotations

import hashlib
import json

from festival.kit.clock import now
from ticketing.claim.forms import Key, PartyForm
from ticketing.waitlist.actions import Ask


class WaitForm(PartyForm):
    """A party, how to reach it, and whether it wants a word when the door queue opens."""

    door_text: bool = False

    def digest(self) -> str:
        """Equal for equal details."""
        return hashlib.sha256(json.dumps([super().digest(), self.door_text]).encode()).hexdigest()

    def ask(self, offer_id: int, key: str) -> Ask:
        """What the form asks for, now."""
        return Ask(
            offer_id, self.party, self.name or "", self.email or "", self.phone or "", self.language, key,
            self.digest(), now(), self.door_text,
        )  # fmt: skip


class WaitPage(WaitForm):
    """The same from a page, which carries the key of its one outcome."""

    key: Key
