from django.dispatch import Signal

# Sent inside the transaction, with `school_ids`: their place, and so their distance to everything, changed.
schools_moved = Signal()
