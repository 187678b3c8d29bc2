"""Tests of an alarm: what it does on the history that a test writes down. Run it with pytest."""

import northsouth.bindings  # before the provider's own modules: they then load in a fraction of the time

# isort: split
from cdktf import TerraformStack
from cdktf import Testing as CdkTesting  # pytest takes classes named Test… for tests
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

from northsouth.alerts import Response
from northsouth.alerts.packs import LoadBalancerAlarms
from northsouth.testing import replay, series

northsouth.bindings.install()


class Web(TerraformStack):
    """What is tested; usually it is imported."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        respond = Response("https://wiki.example.com/serving")
        serving = LoadBalancerAlarms(self, "serving", load_balancer="app/web/50dc6c495c0c9188", respond=respond)
        serving.success_rate()


def test_failing_requests_are_noticed() -> None:
    """Requests go on; for ten minutes, every tenth of them fails; then it is over."""
    alarm = replay(Web(CdkTesting.app(), "web")).alarm("web-serving-success-rate-fast")
    failing = {"RequestCount": series("1000 x 45"), "HTTPCode_Target_5XX_Count": series("_ x 20, 100 x 10, _ x 15")}
    judged = alarm.given(failing, rest="_ x 45")
    assert judged.states == ["OK", "ALARM", "OK"]
    assert judged.entered("ALARM") == ["22m"]
