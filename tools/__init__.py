"""What `make` runs: never imported by the catalogue itself."""
