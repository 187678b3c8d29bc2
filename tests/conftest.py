"""Every test process loads the provider bindings the fast way, before anything imports them."""

from northsouth import bindings

bindings.install()

pytest_plugins = ["tests.harness.plugin"]
