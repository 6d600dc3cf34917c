"""Days as a calendar has them."""

from dateutil.relativedelta import relativedelta

# Added to a day: the last one of its month.
END_OF_MONTH = relativedelta(day=31)
