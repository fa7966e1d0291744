"""Somebody's own calendar: tickets, starred dates and acts, load-in and call times, under a secret address."""
