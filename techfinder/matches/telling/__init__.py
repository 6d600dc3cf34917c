"""What people are told of matches: notifications, the mails that say them, and the digest.

The words in which matches are told are here too, for mails and pages alike.
"""
