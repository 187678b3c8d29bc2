"""The ``northsouth`` command; it reads files and never starts the CDK."""

from northsouth import bindings

bindings.install()
