"""Finding a party at the gate by its name, masked, where somebody comes without the code."""
