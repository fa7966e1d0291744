"""Reads: who may fill in for whom."""

from __future__ import annotations

from collections.abc import Sequence

from festival.kit.errors import NotFound
from festival.kit.i18n import current_language, put, use_language
from festival.kit.languages import LANGUAGES, Language
from festival.kit.secrets import derive, same
from festival.kit.web.access import Principal
from festival.kit.words import say
from festival.settings import settings
from vendors.helping.rules import STATEMENT
from vendors.models import Application, HelpConsent


def consent_secret(consent: HelpConsent) -> str:
    """What the link in the applicant's letter carries."""
    return derive(settings().secret_key, "help-consent", consent.id, consent.application_id)


async def get_consent(number: int, secret: str) -> HelpConsent:
    """The consent that the link of a letter means, with its application; raises NotFound."""
    consent = await HelpConsent.get_or_none(id=number).select_related("application__category__call__festival")
    if consent is None or not same(secret, consent_secret(consent)):
        raise NotFound
    return consent


async def find_live_consent(application_id: int) -> HelpConsent | None:
    """The permission that holds now."""
    return await HelpConsent.get_or_none(application_id=application_id, withdrawn_at=None)


def list_statements(helper: str) -> Sequence[tuple[Language, str]]:
    """The words of a permission in every language, so that they can be read aloud."""
    own = current_language()
    found: list[tuple[Language, str]] = []
    for code, language in LANGUAGES.items():
        use_language(code)
        found.append((language, put(say(STATEMENT, helper=helper))))
    use_language(own)
    return found


async def list_helped(by: Principal) -> Sequence[Application]:
    """The applications that `by` fills in for others, the newest first."""
    helped = Application.filter(helper_id=by.id).order_by("-id").limit(200)
    return await helped.select_related("applicant", "category__call__festival")
