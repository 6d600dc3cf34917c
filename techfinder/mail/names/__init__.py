"""Whether the names of the mail domain say what receivers want to hear: MX, SPF, DKIM, DMARC, and that they agree."""
