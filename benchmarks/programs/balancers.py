"""Alarms on load balancers of one environment file, with northsouth's app: ``python balancers.py OUT COUNT``."""

import os
import sys
import tempfile
from pathlib import Path

from northsouth.cli.main import main

ENVIRONMENT = """
[environment]
name = "stack"
region = "us-east-1"

[state]
backend = "local"

[network]
cidr = "10.40.0.0/16"
zones = ["us-east-1a"]

[alerts]
runbook = "https://runbooks.example.com"

[alerts.routes.email]
oncall = { address = "oncall@example.com", severities = ["critical"] }
"""
BALANCER = """
[alerts.load_balancers.hub-{number}]
arn_suffix = "app/hub-{number}/50dc6c495c0c9188"
success_rate = {{ below = "99 %", floor = 100 }}
latency = {{ over = "2 s", low_samples = "adapt" }}
no_traffic = {{ below = 1 }}
client_tls_errors = {{ over = "10 %", floor = 100 }}
target_tls_errors = {{ over = 0 }}
"""

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder, "stack.toml")
    file.write_text(ENVIRONMENT + "".join(BALANCER.format(number=number) for number in range(int(sys.argv[2]))))
    os.environ["CDKTF_OUTDIR"] = sys.argv[1]
    sys.exit(main(["synth", str(file)]))
