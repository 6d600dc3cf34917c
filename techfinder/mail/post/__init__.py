"""The mails of a development site, to be read in the browser: those that were written, and a sample of each."""
