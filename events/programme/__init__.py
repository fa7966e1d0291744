"""A programme file: read with every error named by its line, then loaded all or nothing."""
