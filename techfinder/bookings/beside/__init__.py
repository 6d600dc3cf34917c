"""What bookings add to pages of rooms below: each module registers itself there."""
