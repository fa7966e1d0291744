"""What the same applicant or business did in earlier years."""
