"""What operators found, for people: read from the data plane's documents, printed and drawn."""
