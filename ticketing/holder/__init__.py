"""What the holder of a ticket can do: look, print, cancel, resize, pass on, renew."""
