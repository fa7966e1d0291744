"""Money: what is owed, every attempt to pay it, every refund, and a ledger that is never edited."""
