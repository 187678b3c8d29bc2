"""A day of the deployed example, lived in minutes on a shifted clock: ``make day``."""
