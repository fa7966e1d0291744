"""What changed since a sync token, for programs that keep a copy of the calendar."""
