"""Which pairs are stored, and how: the best of every request and of every activity, kept up as items change.

Here is what one matching and a full rematch share: finding, comparing with what is stored, writing, and the locks.
"""
