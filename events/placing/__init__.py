"""Where an act fits: the fixes for a conflict, why nothing fits, and a proposal for all that wait."""
