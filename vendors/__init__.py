"""Vendors, performers, delegations: calls, applications, review, documents, booths, load-in."""
