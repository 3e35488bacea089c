"""How long a test waits for what is bound to come."""

PATIENCE = 60.0
"""Seconds. A good run never waits them; a machine that stands still for a while must not fail a
test. What must be quick is measured in `bench/`, not here."""
