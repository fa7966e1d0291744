"""What the states of other rooms are called on the desk."""

from __future__ import annotations

from festival.kit.words import N_

APPLICATION_STATES: dict[str, str] = {
    "draft": N_("Draft"),
    "submitted": N_("Submitted"),
    "under_review": N_("Under review"),
    "changes_requested": N_("Changes requested"),
    "hold_accept": N_("To be accepted"),
    "hold_waitlist": N_("To be waitlisted"),
    "hold_decline": N_("To be declined"),
    "offered": N_("Offered"),
    "waitlisted": N_("On the waitlist"),
    "declined": N_("Declined"),
    "accepted": N_("Accepted"),
    "confirmed": N_("Confirmed"),
    "expired": N_("Expired"),
    "lapsed": N_("Lapsed"),
    "docs_ready": N_("Papers complete"),
    "checked_in": N_("Checked in"),
    "completed": N_("Completed"),
    "no_show": N_("Did not come"),
    "withdrawn": N_("Withdrawn"),
    "cancelled_by_city": N_("Cancelled by the city"),
}
MAIL_STATES: dict[str, tuple[str, str]] = {
    "queued": (N_("On its way"), "info"),
    "sent": (N_("Sent"), "good"),
    "kept": (N_("Kept here"), "quiet"),
    "failed": (N_("Failed"), "bad"),
    "bounced": (N_("Came back"), "bad"),
}
MAIL_KINDS: dict[str, str] = {
    "sign_in": N_("Sign-in link"),
    "ticket.confirmed": N_("Ticket"),
    "ticket.text": N_("Ticket as a text"),
    "ticket.reminder": N_("Reminder"),
    "ticket.moved": N_("New time or place"),
    "ticket.postponed": N_("Postponed"),
    "ticket.cancelled": N_("Cancelled"),
    "ticket.restored": N_("Takes place after all"),
    "ticket.thanks": N_("Thanks and questions"),
    "ticket.message": N_("Message to holders"),
    "vendors.step": N_("Application"),
}
