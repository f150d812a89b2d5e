"""Pictures of a report's numbers: records in, SVG, PNG and CSV out. No files, no state."""
