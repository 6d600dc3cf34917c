"""What comes in: mail to our addresses, reports about delivery, and the webhooks of a mail service."""
