"""Reads: the consents of an application, and one by the link that was mailed."""

from __future__ import annotations

from collections.abc import Sequence

from festival.kit.errors import NotFound
from festival.kit.i18n import day, gettext
from festival.kit.secrets import derive, same
from festival.settings import settings
from vendors.guardians.rules import WORDS
from vendors.models import GuardianConsent

# An application that ended needs nobody's consent any more, and its links open nothing.
_ENDED = ("withdrawn", "cancelled_by_city", "declined", "expired", "lapsed")


def guardian_secret(consent: GuardianConsent) -> str:
    """What the letter's link carries; asking another address makes another link."""
    return derive(settings().secret_key, "guardian", consent.id, consent.email)


async def list_consents(application_id: int) -> Sequence[GuardianConsent]:
    """Everybody under 18 whom the group named, by name."""
    found = GuardianConsent.filter(application_id=application_id).exclude(state="ended")
    return await found.order_by("minor_name", "id")


async def find_consent(number: int) -> GuardianConsent | None:
    """A consent with its application, category, call and festival."""
    consent = await GuardianConsent.get_or_none(id=number).select_related("application__category__call")
    if consent:
        # One join more, and PostgreSQL cuts the names of the columns.
        await consent.application.category.call.fetch_related("festival")
    return consent


async def get_by_link(number: int, secret: str) -> GuardianConsent:
    """The consent that a letter asks for; raises NotFound, also once the application or the question has ended."""
    consent = await find_consent(number)
    if consent is None or consent.state == "ended" or not same(secret, guardian_secret(consent)):
        raise NotFound
    if consent.application.state in _ENDED:
        raise NotFound
    return consent


def words_of(consent: GuardianConsent) -> str:
    """What is agreed to, in the current language."""
    application = consent.application
    festival = application.category.call.festival
    return gettext(WORDS) % {
        "minor": consent.minor_name, "group": application.name, "festival": festival.name,
        "day": day(festival.starts_at, settings().zone),
    }  # fmt: skip
