"""Pure functions over numbers; worlds, not questions, are the independent draws."""
