"""CloudWatch metrics as values; pure."""

from northsouth.metrics.metric import Metric

__all__ = ["Metric"]
