"""The reports for people: Markdown and HTML that no model output can break."""
