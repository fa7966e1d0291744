"""Files that people send: their bytes in a folder or an S3-compatible store, their facts in a table."""
