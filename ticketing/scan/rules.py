"""Pure decisions at a gate: whom one scan admits, and what all scans of a party come to in the end.

Two kinds of scan meet here. One that the server answers while the people wait is decided on what the
party's scans have come to so far, and takes its place in their order at that moment. One that a phone
decided by itself, offline, comes later with the moment of its reading: it is put in its place in the
order, and everything is counted again, so that every order of arrival ends alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, cast

from festival.kit.words import N_, Message, say, say_n

# A single scan older than this was decided by the phone before it reached us.
LATE_AFTER = dt.timedelta(seconds=30)


class Code(StrEnum):
    """Why a scan is refused."""

    UNKNOWN = "unknown"
    BAD_SIGNATURE = "bad_signature"
    WRONG_EVENT = "wrong_event"
    GATE_NOT_ALLOWED = "gate_not_allowed"
    CANCELLED = "cancelled"
    ROTATED = "rotated"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    ALREADY_IN = "already_in"
    PARTY_FULL = "party_full"
    NOT_INSIDE = "not_inside"
    ZONE_FULL = "zone_full"
    NOT_LET_IN = "not_let_in"
    NOT_READY = "not_ready"
    MALFORMED = "malformed"


# What a phone let happen although the ticket, or the party's scans put in order, do not allow it.
CONFLICTS: Mapping[Code, str] = {
    Code.CANCELLED: "ended_ticket",
    Code.ROTATED: "ended_ticket",
    Code.ALREADY_IN: "double_entry",
    Code.PARTY_FULL: "party_overrun",
    Code.NOT_INSIDE: "exit_without_entry",
}
CONFLICT_WORDS: Mapping[str, str] = {
    "ended_ticket": N_("Let in with a ticket that was cancelled or renewed"),
    "double_entry": N_("Let in twice"),
    "party_overrun": N_("More people than the party has"),
    "exit_without_entry": N_("Went out without having come in"),
}
CODE_WORDS: Mapping[Code, str] = {
    Code.UNKNOWN: N_("Not one of our tickets"),
    Code.BAD_SIGNATURE: N_("Forged code"),
    Code.WRONG_EVENT: N_("For another event"),
    Code.GATE_NOT_ALLOWED: N_("Not at this gate"),
    Code.CANCELLED: N_("Cancelled"),
    Code.ROTATED: N_("Code was renewed"),
    Code.NOT_YET_VALID: N_("Too early"),
    Code.EXPIRED: N_("Over"),
    Code.ALREADY_IN: N_("Already in"),
    Code.PARTY_FULL: N_("More people than places"),
    Code.NOT_INSIDE: N_("Was not inside"),
    Code.ZONE_FULL: N_("Area full"),
    Code.NOT_LET_IN: N_("Sent away by the phone, offline"),
    Code.NOT_READY: N_("Papers not in order"),
    Code.MALFORMED: N_("Unreadable"),
}


@dataclass(frozen=True)
class GateRuleFacts:
    """An offer that a gate admits, and when; None is no limit."""

    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None


@dataclass(frozen=True)
class GateFacts:
    """A gate as one phone serves it: where it stands, the ways it lets people (in, out, both), its rules by
    offer id. Without rules it admits its venue's offers.
    """

    id: int
    name: str
    zone_id: int
    venue_id: int
    directions: str = "both"
    rules: Mapping[int, GateRuleFacts] = field(default_factory=dict[int, GateRuleFacts])
    # Whether its venue has other zones, which people leave by coming in here.
    has_neighbours: bool = False
    # The occurrences that the rules' offers belong to.
    rule_occurrences: frozenset[int] = frozenset()


@dataclass(frozen=True)
class TicketFacts:
    """A ticket as it is kept, with the window and place of its offer."""

    ticket_id: int
    claim_id: int
    offer_id: int
    occurrence_id: int
    venue_id: int
    valid_from: dt.datetime
    valid_until: dt.datetime
    # When the code stopped being good.
    ended_at: dt.datetime | None = None
    # Its places were given back, or the office blocked it: there is no newer code to ask for.
    ended_for_good: bool = False


@dataclass(frozen=True)
class Standing:
    """What a party's scans have come to; `people_seen` counts a guest who left and came back once."""

    party: int
    people_in: int = 0
    people_seen: int = 0
    first_in_at: dt.datetime | None = None
    first_in_gate: str = ""
    # Who is in which zone, where that had to be known.
    zones: Mapping[int, int] = field(default_factory=dict[int, int])


@dataclass(frozen=True)
class Left:
    """People who left another zone of the venue by coming in."""

    zone_id: int
    people: int


@dataclass(frozen=True)
class Move:
    """A scan on which people went in or out, in its place in the order."""

    scan_id: str
    trusted_at: dt.datetime
    direction: str
    people: int
    gate: str
    zone_id: int = 0


@dataclass(frozen=True)
class Verdict:
    """What one move comes to: why it does not count, the standing after it, and whom it took out of another zone."""

    code: Code | None
    standing: Standing
    left: Left | None = None


@dataclass(frozen=True)
class Answer:
    """What the phone is told, as numbers and moments; `sentence` puts it into words."""

    code: Code | None
    people: int = 0
    direction: str = "in"
    people_in: int = 0
    party: int = 0
    first_in_at: dt.datetime | None = None
    first_in_gate: str = ""
    # The moment from which or until which the ticket is good, for `not_yet_valid` and `expired`.
    at: dt.datetime | None = None
    # Of a pass: whose it is, and what the volunteer reads besides.
    name: str = ""
    lines: tuple[Message, ...] = ()

    @property
    def outcome(self) -> str:
        """admitted or refused."""
        return "refused" if self.code else "admitted"

    def pack(self) -> dict[str, Any]:
        """The members that are kept beside the scan's own columns."""
        return {
            "people_in": self.people_in,
            "party": self.party,
            "first_in_at": self.first_in_at.isoformat() if self.first_in_at else None,
            "first_in_gate": self.first_in_gate,
            "at": self.at.isoformat() if self.at else None,
            **({"name": self.name, "lines": [_packed(line) for line in self.lines]} if self.name else {}),
        }

    @classmethod
    def unpack(cls, code: str, direction: str, people: int, kept: Mapping[str, Any]) -> Answer:
        """The answer that was kept."""
        return cls(
            Code(code) if code else None, people, direction, kept["people_in"], kept["party"],
            _moment(kept["first_in_at"]), kept["first_in_gate"], _moment(kept["at"]),
            kept.get("name", ""), tuple(_unpacked(line) for line in kept.get("lines", ())),
        )  # fmt: skip


def _packed(line: Message) -> list[Any]:
    """A message as JSON, the messages among its values too, so that it can be told in any language later."""
    return [line.text, {k: _packed(v) if isinstance(v, Message) else v for k, v in line.params.items()}]


def _unpacked(line: Sequence[Any]) -> Message:
    values = cast(dict[str, Any], line[1])
    params = {name: _unpacked(cast(list[Any], v)) if isinstance(v, list) else v for name, v in values.items()}
    return Message(str(line[0]), params)


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def refuse_ticket(ticket: TicketFacts, gate: GateFacts, moment: dt.datetime, direction: str) -> Code | None:
    """Why this ticket does not open this gate at `moment`, whoever of the party came before; None if it does.

    Leaving is never refused for the hour or the offer: nobody is kept inside by a rule.
    """
    if ticket.ended_at is not None and ticket.ended_at <= moment:
        return Code.CANCELLED if ticket.ended_for_good else Code.ROTATED
    if gate.directions not in {"both", direction}:
        return Code.GATE_NOT_ALLOWED
    if direction == "out":
        return None
    if gate.rules:
        rule = gate.rules.get(ticket.offer_id)
        if rule is None:
            return Code.GATE_NOT_ALLOWED if ticket.occurrence_id in gate.rule_occurrences else Code.WRONG_EVENT
        if (rule.starts_at and moment < rule.starts_at) or (rule.ends_at and moment > rule.ends_at):
            return Code.GATE_NOT_ALLOWED
    elif ticket.venue_id != gate.venue_id:
        return Code.WRONG_EVENT
    if moment < ticket.valid_from:
        return Code.NOT_YET_VALID
    return Code.EXPIRED if moment > ticket.valid_until else None


def refuse_move(standing: Standing, direction: str, people: int) -> Code | None:
    """Why `people` of the party cannot go in or out as its scans stand; None if they can."""
    if direction == "out":
        return Code.NOT_INSIDE if people > standing.people_in else None
    if standing.people_in + people <= standing.party:
        return None
    return Code.ALREADY_IN if standing.people_in >= standing.party else Code.PARTY_FULL


def find_left(standing: Standing, people: int, zone_id: int) -> Left | None:
    """Which other zone people leave when `people` come into `zone_id` although the party is inside already: the one
    where most of them are, if they are enough there. None where nobody has to leave, or nobody can have."""
    over = standing.people_in + people - standing.party
    others = [(-count, zone) for zone, count in standing.zones.items() if zone != zone_id and count >= over]
    return Left(min(others)[1], over) if over > 0 and others else None


def move(standing: Standing, one: Move, left: Left | None = None) -> Standing:
    """The standing after a move that is not refused."""
    zones, here = dict(standing.zones), one.people
    if one.direction == "out":
        # Whoever goes out by another zone's gate was in that zone, whatever we thought.
        for zone in sorted(zones, key=lambda zone: (zone != one.zone_id, zone)):
            gone = min(zones[zone], here)
            zones[zone], here = zones[zone] - gone, here - gone
        return replace(standing, people_in=standing.people_in - one.people, zones=zones)
    if left:
        zones[left.zone_id] -= left.people
    zones[one.zone_id] = zones.get(one.zone_id, 0) + one.people
    inside = standing.people_in + one.people - (left.people if left else 0)
    first = standing.first_in_at is None
    return replace(
        standing,
        people_in=inside,
        people_seen=max(standing.people_seen, inside),
        first_in_at=one.trusted_at if first else standing.first_in_at,
        first_in_gate=one.gate if first else standing.first_in_gate,
        zones=zones,
    )


def judge_move(standing: Standing, one: Move) -> Verdict:
    """What a move comes to where the party stands so."""
    code, left = refuse_move(standing, one.direction, one.people), None
    if code in {Code.ALREADY_IN, Code.PARTY_FULL} and one.people <= standing.party:
        left = find_left(standing, one.people, one.zone_id)
        code = None if left else code
    return Verdict(code, standing if code else move(standing, one, left), left)


def settle(party: int, moves: Iterable[Move]) -> tuple[Standing, dict[str, Verdict]]:
    """What the moves of one party come to, and each scan_id's verdict.

    The order is (trusted_at, scan_id), so the result depends on the set of moves alone.
    """
    standing, verdicts = Standing(party), dict[str, Verdict]()
    for one in sorted(moves, key=lambda m: (m.trusted_at, m.scan_id)):
        verdict = judge_move(standing, one)
        verdicts[one.scan_id], standing = verdict, verdict.standing
    return standing, verdicts


def answer_with(code: Code | None, direction: str, people: int, standing: Standing, at: dt.datetime | None) -> Answer:
    """The answer of a scan that left the party at `standing`."""
    return Answer(
        code, people, direction, standing.people_in, standing.party, standing.first_in_at, standing.first_in_gate, at
    )


def decide(
    ticket: TicketFacts, gate: GateFacts, one: Move, standing: Standing, room_left: int | None
) -> tuple[Answer, Verdict]:  # fmt: skip
    """The answer to a scan that people wait for, and what it comes to.

    `room_left` is how many more the zone takes, None where it has no fire limit.
    """
    refused = refuse_ticket(ticket, gate, one.trusted_at, one.direction)
    verdict = Verdict(refused, standing) if refused else judge_move(standing, one)
    if verdict.code is None and one.direction == "in" and room_left is not None and one.people > room_left:
        verdict = Verdict(Code.ZONE_FULL, standing)
    edge = window_edge(verdict.code, ticket)
    return answer_with(verdict.code, one.direction, one.people, verdict.standing, edge), verdict


def window_edge(code: Code | None, ticket: TicketFacts) -> dt.datetime | None:
    """The moment that a refusal for the hour names."""
    return {Code.NOT_YET_VALID: ticket.valid_from, Code.EXPIRED: ticket.valid_until}.get(code) if code else None


ZONE_LEVELS = (100, 90, 80)


def zone_level(inside: int, fire_limit: int | None) -> int:
    """The highest of 80, 90 and 100 percent of the fire limit that is reached; 0 below, or without a limit."""
    if not fire_limit:
        return 0
    return next((level for level in ZONE_LEVELS if inside * 100 >= level * fire_limit), 0)


def trusted_moment(scanned_at: dt.datetime, skew: dt.timedelta, received_at: dt.datetime) -> dt.datetime:
    """The moment of a reading by our clock: the device's, less its skew, never after it reached us."""
    return min(scanned_at - skew, received_at)


_REFUSED: Mapping[Code, str] = {
    Code.UNKNOWN: N_("This is not one of our tickets."),
    Code.BAD_SIGNATURE: N_("This code was not made by us."),
    Code.WRONG_EVENT: N_("This ticket is for another event."),
    Code.GATE_NOT_ALLOWED: N_("This ticket is not for this gate."),
    Code.CANCELLED: N_("This ticket was cancelled."),
    Code.ROTATED: N_("The holder renewed this ticket. Ask for the new code."),
    Code.NOT_YET_VALID: N_("Too early: this ticket is good from %(when)s."),
    Code.EXPIRED: N_("Over: this ticket was good until %(when)s."),
    Code.ALREADY_IN: N_("Already in since %(when)s at %(gate)s."),
    Code.NOT_INSIDE: N_("Nobody of this party is inside, or fewer than that."),
    Code.ZONE_FULL: N_("This area is full. Wait until people leave."),
    Code.NOT_LET_IN: N_("The phone was offline and sent this party away."),
    Code.NOT_READY: N_("Not everything is in order. Ask a supervisor."),
    Code.MALFORMED: N_("This scan could not be read."),
}


def sentence(answer: Answer, show: Callable[[dt.datetime], str]) -> Message:
    """The answer in words; `show` writes a moment for the reader."""
    if answer.name and answer.code is None:
        return say(N_("Welcome, %(name)s."), name=answer.name)
    if answer.code is None and answer.direction == "out":
        return say(N_("Goodbye. %(inside)s of %(party)s are still in."), inside=answer.people_in, party=answer.party)
    if answer.code is None:
        return say(N_("Welcome. %(inside)s of %(party)s are in."), inside=answer.people_in, party=answer.party)
    if answer.code is Code.PARTY_FULL:
        left = max(0, answer.party - answer.people_in)
        return say_n(
            "Only %(count)s more of this party of %(party)s can come in.",
            "Only %(count)s more of this party of %(party)s can come in.",
            left,
            party=answer.party,
        )
    when = answer.at or answer.first_in_at
    return say(_REFUSED[answer.code], when=show(when) if when else "", gate=answer.first_in_gate)
