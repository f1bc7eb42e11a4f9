"""What models read in text: its language, names, phrases and mood."""
