"""What a holder sends to change a ticket."""

from __future__ import annotations

from pydantic import Field

from festival.kit.i18n import current_language
from festival.kit.text import OptionalEmail, OptionalLine
from festival.kit.web.api import Body
from ticketing.claim.forms import Language, OptionalPhone


class SizeForm(Body):
    """The number of people who come."""

    party: int = Field(ge=1, le=255)


class ContactForm(Body):
    """Who holds the ticket, and how to reach them."""

    name: OptionalLine = None
    email: OptionalEmail = None
    phone: OptionalPhone = None


class NewHolderForm(Body):
    """Who gets the ticket; without an address the link is handed over by whoever passes it on."""

    name: OptionalLine = None
    email: OptionalEmail = None
    language: Language = Field(default_factory=current_language)
