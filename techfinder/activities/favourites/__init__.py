"""What a team keeps together, and what somebody without an account keeps on a device."""
