"""Free tickets: offers, claims, the waitlist, the ticket itself, and the gate."""
