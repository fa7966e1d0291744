"""HOT: admitting people at a gate, each scan answered once and for ever."""
