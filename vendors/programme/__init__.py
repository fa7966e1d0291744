"""The vendors' part of a programme file."""
