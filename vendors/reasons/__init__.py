"""Reasons of the organizers' own, beside those that every call has."""
