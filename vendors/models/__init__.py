"""The tables of the vendors room; Tortoise finds them all here."""

from vendors.models.applications import (
    Answer,
    Application,
    ApplicationAddOn,
    ApplicationMessage,
    Decision,
    Discount,
    Document,
    Review,
    Transition,
)
from vendors.models.booths import Booth, BoothAssignment, LoadInChoice, LoadInWindow
from vendors.models.calls import AddOn, Call, Category, CategoryDocument, DocumentKind, FeeRule, Question
from vendors.models.changes import ChangeItem, ChangeRequest
from vendors.models.helping import HelpConsent
from vendors.models.reasons import OwnReason

__all__ = [
    "AddOn",
    "Answer",
    "Application",
    "ApplicationAddOn",
    "ApplicationMessage",
    "Booth",
    "BoothAssignment",
    "Call",
    "Category",
    "CategoryDocument",
    "ChangeItem",
    "ChangeRequest",
    "Decision",
    "Discount",
    "Document",
    "DocumentKind",
    "FeeRule",
    "HelpConsent",
    "LoadInChoice",
    "LoadInWindow",
    "OwnReason",
    "Question",
    "Review",
    "Transition",
]
