"""The routes of the Workflow API: each parses, calls the engine and returns what it says."""
