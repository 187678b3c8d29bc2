"""Compares what an app declares with what is really there, stack by stack, and changes nothing.

`app` finds the app's stacks, `planning` asks Terraform for a plan of each in a temporary folder, `findings` tells what
the plan means, and `report` writes it. Only `planning` and `app` start processes.
"""

from northsouth import bindings

bindings.install()
