"""The public pages on a bad network and without one: what the phone keeps, and what it shows when nothing is kept."""
