"""Acts: who performs, for how long, with whom, when they can, and who is told."""
