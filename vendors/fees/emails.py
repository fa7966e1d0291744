"""Letters about what an application owes: how a charge went, and parts that come due."""

from __future__ import annotations

from festival.accounts.models import Person
from festival.kit.i18n import day, gettext, moment, money
from festival.mail.actions import Letter
from festival.payments.emails import money_letter
from festival.payments.queries import pay_path
from festival.settings import settings
from vendors.fees.charging import Charged, PartDue


def charge_letter(charged: Charged, person: Person) -> Letter:
    """How a charge went, in the current language; a paid one has its receipt instead."""
    zone, pay_by = settings().zone, charged.application.pay_by
    facts = {
        "amount": money(charged.cents, charged.bill.currency.upper()),
        "what": charged.application.name,
        "moment": moment(pay_by, zone) if pay_by else "",
        "day": day(charged.again_at, zone) if charged.again_at else "",
    }
    if charged.state == "processing":
        subject = gettext("Your bank is moving the money")
        words = [gettext("We have asked your bank for %(amount)s, for: %(what)s."),
                 gettext("This takes a few working days. Your place is held meanwhile.")]  # fmt: skip
    elif charged.state == "action_required":
        subject = gettext("Your bank asks you to confirm a payment")
        words = [
            gettext("You are in: %(what)s. Your bank wants you yourself to confirm the payment of %(amount)s."),
            gettext("Nothing was charged yet. Please confirm it by %(moment)s; until then your place is held."),
        ]
    else:
        subject = gettext("Your card was declined")
        words = [
            gettext("You are in: %(what)s. Your bank declined the payment of %(amount)s; nothing was charged."),
            gettext("Your place is held until %(moment)s. Pay with another card, or in another way, here:"),
        ]
        words.append(
            gettext("Otherwise we try the same card again on %(day)s.")
            if charged.again_at
            else gettext("We do not try the same card again.")
        )
    link = f"{settings().base_url}/{charged.application.language}{pay_path(charged.bill.id)}"
    return money_letter(person.email, subject, [one % facts for one in words], (link, gettext("Pay the fee")))


def part_letter(due: PartDue, person: Person) -> Letter:
    """A part of the fee that comes due, in the current language."""
    facts = {
        "amount": money(due.cents, due.bill.currency.upper()),
        "what": due.application.name,
        "day": day(due.due_at, settings().zone),
        "card": due.card_label,
    }
    words = [gettext("The next part of your fee, %(amount)s for %(what)s, is due on %(day)s.")]
    if due.card_label:
        words.append(gettext("We charge it to your card %(card)s on that day. You need not do anything."))
    link = f"{settings().base_url}/{due.application.language}{pay_path(due.bill.id)}"
    return money_letter(
        person.email, gettext("The next part of your fee"), [one % facts for one in words],
        (link, gettext("Pay the fee")),
    )  # fmt: skip
