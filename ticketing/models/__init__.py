"""The tables of the ticketing room; Tortoise finds them all here."""

from ticketing.models.claims import Claim, ClaimWish, Offer, OfferQuestion, Quota, SigningKey, Ticket, WaitlistEntry
from ticketing.models.gate import Device, EnrolmentCode, GateRule, Scan, WalkUp
from ticketing.models.letters import BulkMessage, SurveyAnswer

__all__ = [
    "BulkMessage",
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
    "SurveyAnswer",
    "Ticket",
    "WaitlistEntry",
    "WalkUp",
]
