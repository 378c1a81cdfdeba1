"""Which companies may be the same: normalised names, the rules, and the candidates that the database finds."""

from companies.duplicates.names import normal_name, normal_names

__all__ = ["normal_name", "normal_names"]
