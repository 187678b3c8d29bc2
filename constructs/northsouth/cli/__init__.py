"""The ``northsouth`` command."""
