"""Taking back what was just done: the audit log has what it was before."""
