"""Whether teachers find what they look for: a corpus, questions as they type them, and what they should get."""
