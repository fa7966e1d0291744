"""How an applicant is reached: the address and language of whoever sent an application."""

from __future__ import annotations

from vendors.models import Application

_ENDED = {"withdrawn", "cancelled_by_city"}


async def find_contact(application_id: int) -> tuple[str, str] | None:
    """The address and language of the applicant; None where there is no such application, or it has ended."""
    application = await Application.get_or_none(id=application_id).select_related("applicant")
    if (
        application is None
        or application.state in {"withdrawn", "cancelled_by_city"}
        or not application.applicant.email
    ):
        return None
    return application.applicant.email, application.language
