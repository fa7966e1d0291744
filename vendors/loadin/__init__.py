"""When and by which gate those with a space drive in: in words, on their page, and by mail the week before."""
