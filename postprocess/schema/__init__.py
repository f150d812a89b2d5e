"""The files that programs read of a report, as pydantic models and as JSON Schema."""
