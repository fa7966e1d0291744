"""The tables of the ticketing room; Tortoise finds them all here."""

from ticketing.models.claims import Claim, ClaimWish, Offer, OfferQuestion, Quota, SigningKey, Ticket, WaitlistEntry
from ticketing.models.gate import Device, EnrolmentCode, GateRule, Scan, WalkUp

__all__ = [
    "Claim",
    "ClaimWish",
    "Device",
    "EnrolmentCode",
    "GateRule",
    "Offer",
    "OfferQuestion",
    "Quota",
    "Scan",
    "SigningKey",
    "Ticket",
    "WaitlistEntry",
    "WalkUp",
]
