"""MiniStack, with two things put right that our templates need."""
