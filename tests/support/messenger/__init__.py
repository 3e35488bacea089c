"""What the stand-ins of all messengers have in common."""
