"""Offers: places for an occurrence, and the panel that shows them on its page."""
