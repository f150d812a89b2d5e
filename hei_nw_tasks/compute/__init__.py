"""What an answer cost: the record, what a model multiplies and keeps, and the formulas."""
