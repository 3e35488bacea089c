"""What members write in a line: addresses, callers, moments, parts of a house."""
