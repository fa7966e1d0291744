"""The job table: every effect outside the database leaves through it, after the change is committed."""
