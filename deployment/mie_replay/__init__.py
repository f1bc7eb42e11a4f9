"""Sends changes of the data plane again that the stream's functions could not deal with."""
