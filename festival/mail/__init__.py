"""E-mail: rendered in the reader's language, kept in a table, sent by the worker."""
