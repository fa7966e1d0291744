"""Calendars: what is on, in the forms that other calendars and programs read."""
