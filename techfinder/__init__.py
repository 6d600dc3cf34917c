"""Techfinder: the desk where Dutch schools and companies find each other."""

__version__ = "0.1.0"
