"""What jurors score by, their scores, who sees them when, and conflicts of interest."""
