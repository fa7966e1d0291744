"""Deposits given back in one go after the day: who, how much, and why not."""
