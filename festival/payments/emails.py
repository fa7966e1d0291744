"""Letters about money: a receipt or credit note with its PDF, and the office's word of what differs."""

from __future__ import annotations

from collections.abc import Sequence

from festival.kit.i18n import current_language, gettext, money, ngettext, number
from festival.kit.web.templates import templates
from festival.mail.actions import Attachment, Letter
from festival.payments.papers import RECEIPT, paper_number
from festival.payments.printing import TITLES, draw_papers
from festival.payments.queries import pay_path
from festival.payments.records import Difference, Paper
from festival.settings import settings


def money_letter(
    recipient: str,
    subject: str,
    paragraphs: Sequence[str],
    link: tuple[str, str] = ("", ""),
    files: Sequence[Attachment] = (),
) -> Letter:
    """A short letter about money in the current language; `link` is (address, what it says)."""
    facts = {"heading": subject, "paragraphs": list(paragraphs), "link": link[0], "link_label": link[1]}
    return Letter(
        recipient=recipient, language=current_language(), subject=subject,
        text=templates().render("payments/emails/letter.txt", facts),
        html=templates().render("payments/emails/letter.html", facts), attachments=tuple(files),
    )  # fmt: skip


async def paper_letter(paper: Paper) -> Letter:
    """A receipt or credit note with its PDF, in the payer's language, which is the current one."""
    facts, name = paper.facts, paper_number(paper)
    amount = money(int(facts["amount"]), str(facts["currency"]).upper())
    if paper.series == RECEIPT:
        words = gettext("Thank you. We received %(amount)s for: %(what)s.")
    else:
        words = gettext("%(amount)s goes back to you, for: %(what)s.")
    link = f"{settings().base_url}/{current_language()}{pay_path(paper.obligation_id)}"
    return money_letter(
        str(facts["payer_email"]), f"{gettext(TITLES[paper.series])} {name}",
        [words % {"amount": amount, "what": facts["description"]}, gettext("The paper for your books is attached.")],
        (link, gettext("See the payment")),
        [Attachment(f"{name}.pdf", "application/pdf", await draw_papers([paper]))],
    )  # fmt: skip


def differences_letter(recipient: str, differences: Sequence[Difference]) -> Letter:
    """What the daily comparison found, for the office."""
    count = len(differences)
    words = ngettext(
        "Our books and Stripe differ in %(count)s place.", "Our books and Stripe differ in %(count)s places.", count
    )
    link = f"{settings().base_url}/organize/money/reconciliation"
    return money_letter(
        recipient, gettext("Money: something does not match"), [words % {"count": number(count)}],
        (link, gettext("See what differs")),
    )  # fmt: skip
