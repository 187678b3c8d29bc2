"""The lab: packs of rules and an Alertmanager at work on one machine, an hour in a minute. ``make lab``."""
