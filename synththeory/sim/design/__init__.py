"""From a TOML file to a design and its cells."""
