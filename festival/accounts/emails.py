"""The sign-in letter."""

from __future__ import annotations

from festival.accounts.models import SignInLink
from festival.accounts.rules import LINK_LASTS
from festival.kit.i18n import gettext
from festival.kit.web.templates import templates
from festival.kit.words import N_
from festival.mail.actions import Letter
from festival.settings import settings

_SUBJECT = N_("Your sign-in link")


def sign_in_letter(link: SignInLink, secret: str) -> Letter:
    """The letter that carries `link`, in the current language; its address comes from our settings alone."""
    facts = {
        "link": f"{settings().base_url}/{link.language}/sign-in/{secret}",
        "minutes": round(LINK_LASTS.total_seconds() / 60),
    }
    return Letter(
        recipient=link.email, language=link.language, subject=gettext(_SUBJECT),
        text=templates().render("accounts/emails/sign_in.txt", facts),
        html=templates().render("accounts/emails/sign_in.html", facts),
    )  # fmt: skip
