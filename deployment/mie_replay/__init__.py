"""Does again what a stack's functions could not deal with."""
