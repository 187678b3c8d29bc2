"""The NAT pack on the gateways of this stack."""

# northsouth comes first: it makes the imports after it fast
from northsouth.alerts import Response
from northsouth.alerts.packs import NatAlarms
from northsouth.egress import NatGateways, NatMode, Network
from northsouth.metrics.units import gigabits_per_second, usd_per_day

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from constructs import Construct


class Alarms(TerraformStack):
    """A gateway in each zone, watched as one fleet."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        network = Network(self, "network", cidr="10.0.0.0/16", zones=["us-east-1a", "us-east-1b", "us-east-1c"])
        nat = NatGateways(self, "nat", network=network, mode=NatMode.per_az())
        respond = Response(
            "https://wiki.example.com/nat",
            critical=[SnsTopic(self, "pager", name="pager").arn],
            warning=[SnsTopic(self, "chat", name="chat").arn],
        )
        alarms = NatAlarms(self, "nat-alarms", gateways=nat, respond=respond)
        alarms.throughput(gigabits_per_second(2))
        alarms.daily_budget(usd_per_day(150, price_per_gb=0.045))
        alarms.bandwidth()
        alarms.port_allocation_errors()
        alarms.dropped_packets()
        alarms.connections_not_established()


if __name__ == "__main__":
    app = App()
    Alarms(app, "alarms")
    app.synth()
