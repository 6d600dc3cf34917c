from django.dispatch import Signal

# Sent inside the transaction, with `school_ids`: their place, and so their distance to everything, changed.
schools_moved = Signal()
# Sent inside the transaction, not for each school: what else matching reads of schools changed, such as how many pupils
# they have, how many schools lie near, or what lies in a network.
surroundings_changed = Signal()
