"""One ticket as a calendar file."""
