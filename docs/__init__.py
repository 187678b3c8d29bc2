"""The documentation; ``docs/site`` builds it as a site."""
