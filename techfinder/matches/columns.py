"""The old name of `rows`, for what has not moved yet."""

from techfinder.matches.rows import DELIVERIES, World, activity_rows, in_codes, request_rows

__all__ = ["DELIVERIES", "World", "activity_rows", "in_codes", "request_rows"]
