"""The ``northsouth`` command; only its subcommand `synth` starts the CDK."""

from northsouth import bindings

bindings.install()
