"""The team's own hand: finding claims, making them at a counter, moving, blocking, guest lists, exports."""
