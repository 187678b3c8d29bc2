"""The metrics that the scheduled run of an ``EgressAnalysis`` publishes; pure.

A run is about one day (UTC), and publishes at the time it ends: a CloudWatch alarm looks back from now. A run that is
repeated publishes again, so values are taken with ``Maximum``.
"""

from __future__ import annotations

from northsouth.metrics import Metric

NAMESPACE = "NorthSouth/Egress"
EGRESS_BYTES = "EgressBytes"
AVOIDABLE_USD = "AvoidableUsdPerDay"
COMPLETED_RUNS = "CompletedRuns"
ANALYSIS, SERVICE, PATH = "Analysis", "Service", "Path"
"""The dimensions."""
DAY = 86_400


def egress_bytes(analysis: str, *, service: str = "", path: str = "", period: int = DAY) -> Metric:
    """Return the bytes that passed NAT in a day: all of them, or those of one service and path.

    Args:
        analysis: the analysis' name.
        service: the service as in the saved query ``services_by_path``: ``S3``, ``AMAZON``, ``internet``.
        path: the private path that would have carried them: ``gateway endpoint``, ``interface endpoint``,
            ``DNS override``, ``cross-zone``, or ``none``. Give both or none of the two.
        period: seconds of a data point.

    """
    dimensions = {ANALYSIS: analysis}
    if service or path:
        dimensions |= {SERVICE: service, PATH: path}
    return _metric(EGRESS_BYTES, dimensions, "Maximum", "Bytes", period)


def avoidable_usd(analysis: str, *, period: int = DAY) -> Metric:
    """Return what all remedies that pay would have saved on a day, in US dollars. CloudWatch has no unit for money."""
    return _metric(AVOIDABLE_USD, {ANALYSIS: analysis}, "Maximum", "Count", period)


def completed_runs(analysis: str, *, period: int = DAY) -> Metric:
    """Return runs that reached their end; none for some days: nothing is measured (treat missing as breaching)."""
    return _metric(COMPLETED_RUNS, {ANALYSIS: analysis}, "SampleCount", "Count", period)


def _metric(name: str, dimensions: dict[str, str], statistic: str, unit: str, period: int) -> Metric:
    return Metric(namespace=NAMESPACE, name=name, statistic=statistic, unit=unit, dimensions=dimensions, period=period)
