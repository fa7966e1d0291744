"""The state of a festival's edition: draft, public at its hour, postponed, cancelled, archived; each taken back."""
