"""The environment-file app: reads a TOML file for each environment, judges it, and declares one stack for each.

`loading` reads the files, `app` writes the stacks. Only composition is here: every rule is the library's own.
"""

from northsouth import bindings

bindings.install()
