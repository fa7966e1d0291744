"""What offline phones let happen and should not have: named, looked into, settled."""
