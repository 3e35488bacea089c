"""Words without the person in them."""
