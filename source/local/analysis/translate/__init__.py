"""Amazon Translate, answered by the rules and dictionaries of Apertium."""
