"""The site drawn by the office: spaces and fixed points placed, numbered, moved and taken away."""
