"""MiniStack, with what our templates need put right."""
