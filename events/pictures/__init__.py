"""Pictures of programs: checked by content, drawn anew in a few sizes, described for whoever does not see them."""
