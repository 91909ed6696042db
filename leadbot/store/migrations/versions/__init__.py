"""One file a step, oldest first. A released step is never edited."""
