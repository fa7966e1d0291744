"""What people write, in several languages side by side: what is missing, what went stale, what is only a draft."""
