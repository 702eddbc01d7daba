"""Real files, real damage."""
