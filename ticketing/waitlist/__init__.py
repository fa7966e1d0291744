"""Parties in line, in order, never split."""
