"""What the waiting list adds to the pages of matches."""
