"""Loading a programme file into every room."""
