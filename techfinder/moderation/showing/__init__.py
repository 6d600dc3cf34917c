"""What coordinators see, in words."""
