"""The log archive: the load balancer's log bucket, and the queryable archive made from it."""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.logs.alb_log_bucket import AlbLogBucket
    from northsouth.logs.alb_schema import ALB_ACCESS_LOG
    from northsouth.logs.connection_schema import ALB_CONNECTION_LOG
    from northsouth.logs.delivery import LogKind
    from northsouth.logs.lifecycle import Lifecycle, Transition

__all__ = ["ALB_ACCESS_LOG", "ALB_CONNECTION_LOG", "AlbLogBucket", "Lifecycle", "LogKind", "Transition"]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "ALB_ACCESS_LOG": "northsouth.logs.alb_schema",
        "ALB_CONNECTION_LOG": "northsouth.logs.connection_schema",
        "AlbLogBucket": "northsouth.logs.alb_log_bucket",
        "Lifecycle": "northsouth.logs.lifecycle",
        "LogKind": "northsouth.logs.delivery",
        "Transition": "northsouth.logs.lifecycle",
    },
)
