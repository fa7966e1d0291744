"""Choosing a calendar and subscribing to it."""
