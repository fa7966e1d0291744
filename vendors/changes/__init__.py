"""Asking for changes field by field: what is asked, what comes back, and what the team says to it."""
