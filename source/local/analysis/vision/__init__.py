"""What the models see in a picture, in the words of vision; no service's format is known here."""
