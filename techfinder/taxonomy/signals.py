from django.dispatch import Signal

# Somebody wants to delete a region. Arguments: region. Receivers return what must be mended first, in words; nothing
# when they can do without it.
region_leaves = Signal()
