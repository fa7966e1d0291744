"""What an offer and its questions are called in other languages."""
