"""Who did not come: proposed once load-in is over, marked by the team alone, and taken back."""
