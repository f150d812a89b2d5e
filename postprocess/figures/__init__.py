"""Figures of a report's numbers: charts in, SVG, PNG and CSV out. No files, no state."""
