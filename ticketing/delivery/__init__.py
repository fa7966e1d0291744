"""The ticket itself: its signed token, QR, PDF and mail."""
