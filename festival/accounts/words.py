"""What roles and scopes are called."""

from __future__ import annotations

from festival.kit.web.access import Role, Scope
from festival.kit.words import N_

ROLE_NAMES: dict[str, str] = {
    Role.OWNER: N_("Owner: everything, people and roles"),
    Role.ORGANIZER: N_("Organizer: programs, tickets, applications"),
    Role.REVIEWER: N_("Reviewer: scores applications"),
    Role.TREASURER: N_("Treasurer: fees and refunds"),
    Role.GATE: N_("Gate: devices and arrivals"),
    Role.NAVIGATOR: N_("Navigator: helps people to apply"),
}
SCOPE_NAMES: dict[str, str] = {
    Scope.PROGRAMS: N_("Make and change what is on"),
    Scope.CLAIMS: N_("Read who has tickets"),
    Scope.GATE: N_("Read scans and arrivals"),
    Scope.MONEY: N_("Read and make fees"),
}
