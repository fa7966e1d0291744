"""The year's programs: written, published at their hour, called off, brought back, taken over from last year."""
