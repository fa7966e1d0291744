"""People under 18: their parents or guardians say by a mailed link whether they may take part."""
