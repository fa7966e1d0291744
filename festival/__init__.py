"""The shell of the house: what every room stands on, and the roof that joins them."""
