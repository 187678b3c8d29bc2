"""Alarms with northsouth's construct: ``python alarms.py OUT COUNT``."""

import sys

from northsouth.alerts import Alarm
from northsouth.metrics import Metric

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

app = App(outdir=sys.argv[1])
stack = TerraformStack(app, "stack")
AwsProvider(stack, "aws", region="us-east-1")
for number in range(int(sys.argv[2])):
    ports = Metric(
        namespace="AWS/NATGateway",
        name="ErrorPortAllocation",
        dimensions={"NatGatewayId": f"nat-{number}"},
        statistic="Sum",
        period=300,
        unit="Count",
    )
    Alarm(
        stack,
        f"alarm-{number}",
        when=(ports > 0).for_datapoints(3, of=4),
        missing="notBreaching",
        severity="critical",
        summary="Connections find no free port",
        because="New connections fail",
        runbook="https://runbooks.example.com/ports",
        actions=["arn:aws:sns:us-east-1:123456789012:alerts"],
    )
app.synth()
