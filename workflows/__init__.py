"""Pure core: diagrams become checked definitions, definitions become steps."""
