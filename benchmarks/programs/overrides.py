"""DNS overrides with northsouth's construct: ``python overrides.py OUT COUNT [for_each] [moved]``."""

import sys

from northsouth.dns import DnsOverrides, OverrideSet

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

app = App(outdir=sys.argv[1])
stack = TerraformStack(app, "stack")
AwsProvider(stack, "aws", region="us-east-1")
names = {f"name-{number}.example.com": f"target-{number}.internal" for number in range(int(sys.argv[2]))}
DnsOverrides(
    stack,
    "dns",
    vpcs={},
    overrides=[OverrideSet("hub", ttl=60, names=names)],
    for_each="for_each" in sys.argv,
    moved="moved" in sys.argv,
)
app.synth()
