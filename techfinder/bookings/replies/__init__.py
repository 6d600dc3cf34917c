"""What comes back by mail: the addresses to answer to, and how such a mail is read."""
