"""What the report's tables and their groups are called."""

from __future__ import annotations

from collections.abc import Mapping

from festival.kit.i18n import gettext, language_name, ngettext, number
from festival.kit.words import N_
from ticketing.report.queries import Report

TABLES: Mapping[str, str] = {
    "area": N_("By area"),
    "month": N_("By month"),
    "program": N_("By program"),
    "venue": N_("By place"),
    "language": N_("By language of the ticket"),
    "party": N_("By size of the party"),
    "postcode": N_("By postcode"),
}
_MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"), N_("August"),
    N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip


def name_group(report: Report, table: str, key: str) -> str:
    """A group's name in the reader's language."""
    if table == "area":
        return report.areas.get(key, key)
    if table == "month":
        return gettext(_MONTHS[int(key) - 1])
    if table == "language":
        return language_name(key)
    if table == "party":
        return ngettext("%(count)s person", "%(count)s people", int(key)) % {"count": number(int(key))}
    return key
