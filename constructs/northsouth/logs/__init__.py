"""The log archive: the load balancer's log bucket, and the queryable archive made from it."""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.logs.alb_log_bucket import AlbLogBucket
    from northsouth.logs.alb_schema import ALB_ACCESS_LOG
    from northsouth.logs.archive import LogArchive, PartitionMode
    from northsouth.logs.archive_alb import AlbSource
    from northsouth.logs.archive_index import IndexSource
    from northsouth.logs.archive_job import ArchivalJob
    from northsouth.logs.archive_json import JsonSource, json_field
    from northsouth.logs.archive_schedule import ArchiveSchedule
    from northsouth.logs.archive_source import ArchiveColumn, SourceTable
    from northsouth.logs.archive_storage import ObjectLock, Replica
    from northsouth.logs.archive_times import TimeFormat
    from northsouth.logs.connection_schema import ALB_CONNECTION_LOG
    from northsouth.logs.delivery import LogKind
    from northsouth.logs.index_template import IndexField, IndexTemplate
    from northsouth.logs.lifecycle import Lifecycle, Transition

__all__ = [
    "ALB_ACCESS_LOG",
    "ALB_CONNECTION_LOG",
    "AlbLogBucket",
    "AlbSource",
    "ArchivalJob",
    "ArchiveColumn",
    "ArchiveSchedule",
    "IndexField",
    "IndexSource",
    "IndexTemplate",
    "JsonSource",
    "Lifecycle",
    "LogArchive",
    "LogKind",
    "ObjectLock",
    "PartitionMode",
    "Replica",
    "SourceTable",
    "TimeFormat",
    "Transition",
    "json_field",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "ALB_ACCESS_LOG": "northsouth.logs.alb_schema",
        "ALB_CONNECTION_LOG": "northsouth.logs.connection_schema",
        "AlbLogBucket": "northsouth.logs.alb_log_bucket",
        "AlbSource": "northsouth.logs.archive_alb",
        "ArchivalJob": "northsouth.logs.archive_job",
        "ArchiveColumn": "northsouth.logs.archive_source",
        "ArchiveSchedule": "northsouth.logs.archive_schedule",
        "IndexField": "northsouth.logs.index_template",
        "IndexSource": "northsouth.logs.archive_index",
        "IndexTemplate": "northsouth.logs.index_template",
        "JsonSource": "northsouth.logs.archive_json",
        "Lifecycle": "northsouth.logs.lifecycle",
        "LogArchive": "northsouth.logs.archive",
        "LogKind": "northsouth.logs.delivery",
        "ObjectLock": "northsouth.logs.archive_storage",
        "PartitionMode": "northsouth.logs.archive",
        "Replica": "northsouth.logs.archive_storage",
        "SourceTable": "northsouth.logs.archive_source",
        "TimeFormat": "northsouth.logs.archive_times",
        "Transition": "northsouth.logs.lifecycle",
        "json_field": "northsouth.logs.archive_json",
    },
)
