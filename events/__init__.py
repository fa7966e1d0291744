"""Programs and festivals: what is on, where, when, in which language, and who is on stage."""
