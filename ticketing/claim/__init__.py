"""HOT: taking places, many claims in one transaction."""
