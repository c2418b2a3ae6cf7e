"""How fast the catalogue is, measured beside others that answer the same: `make benchmark`."""
