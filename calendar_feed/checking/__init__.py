"""A page for partners and staff that says in words what is wrong with a calendar, and where."""
