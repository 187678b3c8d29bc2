"""An AWS emulator on loopback: moto's server, plus what moto lacks and this library declares (extra ``emulator``).

``Emulator`` (in ``server``) runs it in this process; ``python -m northsouth.emulator`` runs it as a process of its own.
Each extension is a module with an ``install()``, named in ``extensions``, and says in its docstring what real AWS does
differently. Everything is kept in moto's own back ends, so ``POST /moto-api/reset`` clears it.

Importing this package alone loads nothing; its modules need ``pip install 'northsouth[emulator]'``.
"""
