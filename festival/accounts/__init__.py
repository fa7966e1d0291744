"""People, sign-in, roles, sessions, API tokens."""
