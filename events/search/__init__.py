"""Search everywhere: words folded over accents and scripts, documents kept true by the database itself."""
