"""A CDKTF app without any provider, the least that a Python CDKTF program costs: ``python empty.py OUT``."""

import sys

from cdktf import App, TerraformStack

app = App(outdir=sys.argv[1])
TerraformStack(app, "stack")
app.synth()
