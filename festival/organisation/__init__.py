"""What the whole city office shares: its name, the translations of what people write, the audit log."""
