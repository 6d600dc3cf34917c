"""When a mail may go and whether it still does: quiet hours, the budget, the period of an overview, checks, stops."""
