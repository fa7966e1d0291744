"""One event, at one of its dates: everything somebody needs to come."""
