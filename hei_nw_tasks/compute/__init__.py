"""What an answer cost: the record, the architecture it is counted from, and the formulas."""
