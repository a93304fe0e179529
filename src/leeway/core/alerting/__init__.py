"""When the burn of a budget is worth waking a person: policies, conditions, the life of an alert, decisions."""
