"""The names of states, movements and methods, for people."""

from __future__ import annotations

from festival.kit.words import N_
from festival.payments.rules import Entry, State

# State: (name, tone of its badge).
STATES: dict[str, tuple[str, str]] = {
    State.UNPAID: (N_("Unpaid"), "warn"),
    State.CHARGING: (N_("Being paid"), "info"),
    State.PROCESSING: (N_("On its way from the bank"), "info"),
    State.ACTION_REQUIRED: (N_("The bank asks the payer"), "warn"),
    State.DECLINED: (N_("Card declined"), "bad"),
    State.PART_PAID: (N_("Partly paid"), "warn"),
    State.PAID: (N_("Paid"), "good"),
    State.PART_REFUNDED: (N_("Partly refunded"), "info"),
    State.REFUNDED: (N_("Refunded"), "info"),
    State.DISPUTED: (N_("Disputed"), "bad"),
    State.DISPUTE_LOST: (N_("Dispute lost"), "bad"),
    State.WAIVED: (N_("Waived"), "quiet"),
    State.LAPSED: (N_("Not paid in time"), "bad"),
    State.NOT_DUE: (N_("Nothing to pay"), "quiet"),
}

ENTRIES: dict[str, str] = {
    Entry.BILLED: N_("Billed"),
    Entry.WAIVED: N_("Waived"),
    Entry.PAID: N_("Paid"),
    Entry.REFUNDED: N_("Refunded"),
    Entry.NOT_REFUNDED: N_("Refund came back"),
    Entry.DISPUTED: N_("Disputed by the payer's bank"),
    Entry.DISPUTE_WON: N_("Dispute won"),
    Entry.DISPUTE_LOST: N_("Dispute lost"),
}

METHODS: dict[str, str] = {
    "checkout": N_("Card"),
    "saved_card": N_("Saved card"),
    "cash": N_("Cash"),
    "check": N_("Paper check"),
}

REFUND_STATES: dict[str, str] = {
    "created": N_("on its way"),
    "in_transit": N_("on its way"),
    "done": N_("done"),
    "failed": N_("failed"),
}

ATTEMPTS: dict[str, str] = {
    "open": N_("Being paid"),
    "processing": N_("On its way from the bank"),
    "action_required": N_("The bank asks the payer"),
    "declined": N_("Card declined"),
    "paid": N_("Paid"),
    "expired": N_("Given up"),
    "quarantined": N_("Set aside to be looked at"),
}
