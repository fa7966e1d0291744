"""Papers: checked by content, kept outside the web root, accepted or sent back."""
