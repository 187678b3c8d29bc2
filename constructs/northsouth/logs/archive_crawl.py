"""The crawler mode's part of the state machine; pure.

For those who want Glue to discover the archive's schema. What it costs, against the pointer:

- a crawler takes every folder for a partition, so there can be no ``run=`` folder: the window's folder is emptied
  before it is written again, and readers find less or nothing until the run ends;
- a query that fails leaves the window missing, not old, until a later run;
- the role may delete objects, and object lock is out of the question;
- a crawler is billed for at least 10 minutes each time and takes minutes; one crawler runs once at a time;
- the schema is what the crawler thinks it is.
"""

from __future__ import annotations

from northsouth.logs.jsonata import Interpolated, concatenation, expression, merged

State = dict[str, object]

_ATTEMPTS = 3
# 256 KiB is the most a state may return; a listed object takes about 400 bytes.
_PAGE = 250
_POLL_SECONDS = 30


def crawl_states(partition: str, bucket: str, folder: Interpolated, crawler: str, unload: State) -> dict[str, State]:
    """Return the states from ``ListOld`` to ``Crawled``; ``Count`` comes after them.

    Args:
        partition: the ARN partition.
        bucket: the archive bucket.
        folder: the window's folder in it, without a slash at its end.
        crawler: the crawler's name.
        unload: the state that writes the folder; it is tried again only after the folder was emptied again.

    """
    prefix = expression(concatenation(merged((*folder, "/"))))
    caught = unload["Catch"]
    retry = [
        {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 30, "MaxAttempts": 3, "BackoffRate": 2},
    ]

    def sdk(action: str, arguments: State, **fields: object) -> State:
        return {
            "Type": "Task",
            "Resource": f"arn:{partition}:states:::aws-sdk:{action}",
            "Arguments": arguments,
            "Retry": retry,
            "Catch": caught,
            **fields,
        }

    return {
        "ListOld": sdk(
            "s3:listObjectsV2",
            {"Bucket": bucket, "Prefix": prefix, "MaxKeys": _PAGE},
            Assign={"old": expression("[$states.result.Contents.{'Key': Key}]")},
            Next="AnyOld",
        ),
        "AnyOld": {
            "Type": "Choice",
            "Choices": [{"Condition": expression("$count($old) > 0"), "Next": "DeleteOld"}],
            "Default": "Unload",
        },
        "DeleteOld": sdk(
            "s3:deleteObjects",
            {"Bucket": bucket, "Delete": {"Objects": expression("$old"), "Quiet": True}},
            Next="ListOld",
        ),
        "Unload": {
            **{key: value for key, value in unload.items() if key != "Retry"},
            "Catch": [
                {
                    "ErrorEquals": ["States.ALL"],
                    "Assign": {
                        "failure": expression("$states.errorOutput"),
                        "attempt": expression("$attempt + 1"),
                    },
                    "Next": "AnotherAttempt",
                }
            ],
        },
        "AnotherAttempt": {
            "Type": "Choice",
            "Choices": [{"Condition": expression(f"$attempt <= {_ATTEMPTS}"), "Next": "ListOld"}],
            "Default": "DeadLetter",
        },
        "Crawl": sdk(
            "glue:startCrawler",
            {"Name": crawler},
            Retry=[{"ErrorEquals": ["Glue.CrawlerRunningException"], "MaxAttempts": 0}, *retry],
            Catch=[
                {"ErrorEquals": ["Glue.CrawlerRunningException"], "Next": "WaitToCrawl"},
                *(caught if isinstance(caught, list) else []),
            ],
            Next="WaitForCrawl",
        ),
        # Somebody else's crawl may have passed this window already: wait for its end, then crawl again.
        "WaitToCrawl": {"Type": "Wait", "Seconds": _POLL_SECONDS, "Next": "Crawl"},
        "WaitForCrawl": {"Type": "Wait", "Seconds": _POLL_SECONDS, "Next": "CrawlState"},
        "CrawlState": sdk(
            "glue:getCrawler",
            {"Name": crawler},
            Assign={"crawl": expression("$states.result.Crawler.State")},
            Next="Crawled",
        ),
        "Crawled": {
            "Type": "Choice",
            "Choices": [{"Condition": expression("$crawl = 'READY'"), "Next": "Count"}],
            "Default": "WaitForCrawl",
        },
    }
