"""Who judges which category: jurors who are named for it, or every reviewer where none is."""
