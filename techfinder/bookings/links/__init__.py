"""The links of the mails: what is in their addresses, and what they open."""
