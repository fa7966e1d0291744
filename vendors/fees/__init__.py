"""What an accepted application owes, and what follows when it is paid."""
