"""Which article answers a question."""
