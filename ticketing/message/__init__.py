"""One message to everybody who holds a ticket: written, looked at, sent, watched."""
