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
from vendors.models.helping import HelpConsent

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
    "Decision",
    "Discount",
    "Document",
    "DocumentKind",
    "FeeRule",
    "HelpConsent",
    "LoadInChoice",
    "LoadInWindow",
    "Question",
    "Review",
    "Transition",
]
