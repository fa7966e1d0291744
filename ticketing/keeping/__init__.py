"""What is kept about people, for how long: erasure, retention, and what is held about me."""
