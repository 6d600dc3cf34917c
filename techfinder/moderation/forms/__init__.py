"""What coordinators fill in."""
