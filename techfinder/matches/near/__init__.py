"""What nearly fits: why a request has few matches, and which one change of a request or an activity would help.

`misses` counts, for the school and for the country; `widening` is the same for providers; `loosened` lets a school undo
its change.
"""
