"""The tables of the ticketing room; Tortoise finds them all here."""

from ticketing.models.claims import Claim, Offer, Quota, SigningKey, Ticket, WaitlistEntry
from ticketing.models.gate import Device, EnrolmentCode, GateRule, Scan, WalkUp

__all__ = [
    "Claim",
    "Device",
    "EnrolmentCode",
    "GateRule",
    "Offer",
    "Quota",
    "Scan",
    "SigningKey",
    "Ticket",
    "WaitlistEntry",
    "WalkUp",
]
