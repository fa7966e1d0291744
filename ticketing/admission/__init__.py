"""What a gate admits and when, and how many people its zone may hold: set by the office."""
