"""Making and changing what is on, for staff pages and staff tokens."""
