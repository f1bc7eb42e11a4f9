"""The engine on a laptop: start it, run workflows on files, look at what happens."""
