"""The tables of the vendors room; Tortoise finds them all here."""

from vendors.models.afterwards import (
    DepositRun,
    VendorSurvey,
    VendorSurveyAnswer,
    VendorSurveyLink,
    VendorSurveyQuestion,
    VendorSurveyReply,
)
from vendors.models.applications import (
    Answer,
    Application,
    ApplicationAddOn,
    ApplicationDate,
    ApplicationMessage,
    Decision,
    Discount,
    Document,
    Review,
    ThreadMail,
    Transition,
)
from vendors.models.booths import Booth, BoothAssignment, LoadInChoice, LoadInWindow
from vendors.models.calls import (
    AddOn,
    Call,
    Category,
    CategoryDate,
    CategoryDocument,
    DocumentKind,
    FeeRule,
    Question,
)
from vendors.models.changes import ChangeItem, ChangeRequest
from vendors.models.counties import Office, OfficePaper, Packet, PacketPart
from vendors.models.groups import GuardianConsent, WalkPlace
from vendors.models.helping import HelpConsent
from vendors.models.judging import Criterion, CriterionScore, SavedView
from vendors.models.listings import Dish, Listing, ListingPicture, ListingVariant
from vendors.models.placing import (
    ApartGroup,
    ApartMember,
    PowerCircuit,
    SitePicture,
    SpaceChoosing,
    SpaceHold,
    SpaceNeed,
)
from vendors.models.reasons import OwnReason

__all__ = [
    "AddOn",
    "Answer",
    "ApartGroup",
    "ApartMember",
    "Application",
    "ApplicationAddOn",
    "ApplicationDate",
    "ApplicationMessage",
    "Booth",
    "BoothAssignment",
    "Call",
    "Category",
    "CategoryDate",
    "CategoryDocument",
    "ChangeItem",
    "ChangeRequest",
    "Criterion",
    "CriterionScore",
    "Decision",
    "DepositRun",
    "Discount",
    "Dish",
    "Document",
    "DocumentKind",
    "FeeRule",
    "GuardianConsent",
    "HelpConsent",
    "Listing",
    "ListingPicture",
    "ListingVariant",
    "LoadInChoice",
    "LoadInWindow",
    "Office",
    "OfficePaper",
    "OwnReason",
    "Packet",
    "PacketPart",
    "PowerCircuit",
    "Question",
    "Review",
    "SavedView",
    "SitePicture",
    "SpaceChoosing",
    "SpaceHold",
    "SpaceNeed",
    "ThreadMail",
    "Transition",
    "VendorSurvey",
    "VendorSurveyAnswer",
    "VendorSurveyLink",
    "VendorSurveyQuestion",
    "VendorSurveyReply",
    "WalkPlace",
]
