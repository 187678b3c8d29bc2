"""Asks parliament: on standard input policies as texts, on standard output what it found in each, and why.

Runs in the environment of parliament, and so imports nothing of ours.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from parliament import analyze_policy_string, enhance_finding


def differences(policy: str) -> Iterator[tuple[str, str]]:
    """Yield each finding and what it means; the same finding in many policies is one difference."""
    for finding in map(enhance_finding, analyze_policy_string(policy).findings):
        detail = finding.detail if isinstance(finding.detail, str) else json.dumps(finding.detail, sort_keys=True)
        yield f"{finding.issue}: {detail}", finding.title


if __name__ == "__main__":
    json.dump(sorted({each for policy in json.load(sys.stdin) for each in differences(policy)}), sys.stdout)
