"""Alarms that reach people: a pager and a chat for what is critical, the chat alone for warnings."""

# northsouth comes first: it makes the imports after it fast
from northsouth.alerts.packs import NatAlarms
from northsouth.alerts.routes import Email, MatrixRoom, NotificationRoutes, PagerDuty, Routes, Secret, SlackWebhook
from northsouth.egress import NatGateways, NatMode, Network
from northsouth.metrics.units import gigabits_per_second

# isort: split
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

SECRETS = "arn:aws:secretsmanager:us-east-1:123456789012:secret:alerts-AbCdEf"


class NotifiedAlarms(TerraformStack):
    """NAT gateways whose alarms notify receivers by severity."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        pager = PagerDuty(name="pager", secret=Secret.stored(SECRETS, "pagerduty"))
        mail = Email(name="oncall", address="oncall@example.com")
        slack = SlackWebhook(name="slack", secret=Secret.stored(SECRETS, "slack"), note="Ask in #network.")
        room = MatrixRoom(
            name="matrix",
            homeserver="https://matrix.example.org",
            room="!abc:example.org",
            secret=Secret.variable("matrix_token"),  # TF_VAR_matrix_token
        )
        routes = NotificationRoutes(
            self,
            "routes",
            name="edge",
            routes=Routes.by_severity("production", critical=[pager, mail, slack], warning=[slack, room]),
            runbook="https://wiki.example.com/alerts",
        )
        network = Network(self, "network", cidr="10.0.0.0/16", zones=["us-east-1a", "us-east-1b"])
        nat = NatGateways(self, "nat", network=network, mode=NatMode.per_az())
        alarms = NatAlarms(self, "alarms", gateways=nat, respond=routes.response("https://wiki.example.com/nat"))
        alarms.throughput(gigabits_per_second(2), severity="warning")
        alarms.port_allocation_errors()
        routes.refuse_unused(alarms.alarms.values())


if __name__ == "__main__":
    app = App()
    NotifiedAlarms(app, "notified-alarms")
    app.synth()
