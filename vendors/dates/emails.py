"""The letter about a day that was given back."""

from __future__ import annotations

from festival.accounts.models import Person
from festival.kit.i18n import day, gettext, money
from festival.mail.actions import Letter
from festival.payments.emails import money_letter
from festival.settings import settings
from vendors.models import Application, CategoryDate


def date_letter(application: Application, date: CategoryDate, person: Person, cents: int, by_city: bool) -> Letter:
    """What became of one day, in the current language."""
    facts = {"day": day(date.held_on, settings().zone), "what": application.name, "amount": money(cents)}
    said = (
        gettext("The city had to cancel %(day)s for: %(what)s.")
        if by_city
        else gettext("You gave %(day)s back, for: %(what)s.")
    )
    words = [said % facts, gettext("Your other days stay as they are.")]
    if cents:
        words.insert(1, gettext("%(amount)s is taken off your bill or comes back the way you paid it.") % facts)
    link = f"{settings().base_url}/{application.language}/applications/{application.receipt}"
    return money_letter(person.email, gettext("A change of your days"), words, (link, gettext("See your application")))
