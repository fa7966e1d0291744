"""Navigators: somebody fills in for somebody else, with a consent that is on record and can be withdrawn."""
