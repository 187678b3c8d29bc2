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

from northsouth.logs.archive_budget import CRAWL_MINUTES, MINUTE, POLL_SECONDS, QUERIES
from northsouth.logs.archive_states import State, States
from northsouth.logs.jsonata import Interpolated, concatenation, expression, merged

# 256 KiB is the most a state may return; a listed object takes about 400 bytes.
_PAGE = 250
_NOW = "$toMillis($states.context.State.EnteredTime)"


def crawl_states(states: States, bucket: str, folder: Interpolated, crawler: str, unload: State) -> dict[str, State]:
    """Return the states from ``ListOld`` to the end of the crawl; ``Count`` comes after them.

    Args:
        states: makes the states.
        bucket: the archive bucket.
        folder: the window's folder in it, without a slash at its end.
        crawler: the crawler's name.
        unload: the state that writes the folder; it is tried again only after the folder was emptied again.

    """
    prefix = expression(concatenation(merged((*folder, "/"))))
    return {
        "ListOld": states.task(
            "aws-sdk:s3:listObjectsV2",
            {"Bucket": bucket, "Prefix": prefix, "MaxKeys": _PAGE},
            Assign={"old": expression("[$states.result.Contents.{'Key': Key}]")},
            Next="AnyOld",
        ),
        "AnyOld": {
            "Type": "Choice",
            "Choices": [{"Condition": expression("$count($old) > 0"), "Next": "DeleteOld"}],
            "Default": "Unload",
        },
        "DeleteOld": states.task(
            "aws-sdk:s3:deleteObjects",
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
            "Choices": [{"Condition": expression(f"$attempt <= {QUERIES.attempts}"), "Next": "ListOld"}],
            "Default": "DeadLetter",
        },
        "BeforeCrawl": {"Type": "Pass", "Assign": {"crawlBegan": expression(_NOW)}, "Next": "Crawl"},
        "Crawl": states.task(
            "aws-sdk:glue:startCrawler",
            {"Name": crawler},
            expected=("Glue.CrawlerRunningException", "WaitToCrawl"),
            Next="WaitForCrawl",
        ),
        # Somebody else's crawl may have passed this window already: wait for its end, then crawl again.
        "WaitToCrawl": {"Type": "Wait", "Seconds": POLL_SECONDS, "Next": "MayWait"},
        "MayWait": _in_time("Crawl"),
        "WaitForCrawl": {"Type": "Wait", "Seconds": POLL_SECONDS, "Next": "CrawlState"},
        "CrawlState": states.task(
            "aws-sdk:glue:getCrawler",
            {"Name": crawler},
            Assign={"crawl": expression("$states.result.Crawler.State")},
            Next="Crawled",
        ),
        "Crawled": {
            "Type": "Choice",
            "Choices": [{"Condition": expression("$crawl = 'READY'"), "Next": "Count"}],
            "Default": "MayWaitOn",
        },
        "MayWaitOn": _in_time("WaitForCrawl"),
        "CrawlTooLong": {
            "Type": "Pass",
            "Assign": {
                "failure": {
                    "Error": "CrawlTooLong",
                    "Cause": f"The crawl did not end within {CRAWL_MINUTES} minutes; the window's rows are written",
                }
            },
            "Next": "DeadLetter",
        },
    }


def _in_time(then: str) -> State:
    """Return the choice that continues while the crawl has time left."""
    condition = f"{_NOW} - $crawlBegan < {CRAWL_MINUTES * MINUTE * 1000}"
    return {
        "Type": "Choice",
        "Choices": [{"Condition": expression(condition), "Next": then}],
        "Default": "CrawlTooLong",
    }
