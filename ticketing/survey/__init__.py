"""Two questions afterwards, and what the answers say."""
