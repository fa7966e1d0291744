"""HOT: the feeds, joined from kept bytes, with validators that never lie."""
