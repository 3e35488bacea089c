"""What a resident's message is: danger, a kind, a category, a tone, a courtesy."""
