"""Amazon Comprehend, answered by the readers of text on this machine."""
