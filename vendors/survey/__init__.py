"""What those who took part say afterwards: by a private link, one answer each, with or without a name."""
