"""A rule file: groups of rules that are checked together and written as YAML. Needs the extra ``prometheus``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from northsouth.alerts.prometheus.rendering import rule_file
from northsouth.alerts.prometheus.rule_checks import group_problems
from northsouth.alerts.prometheus.rules import RuleGroup
from northsouth.errors import refuse


@dataclass(frozen=True, slots=True)
class RuleFile:
    """What one rule file, or one namespace of Mimir or Amazon Managed Prometheus, holds.

    Attributes:
        groups: the groups.

    """

    groups: Sequence[RuleGroup]

    def yaml(self) -> str:
        """Return the file's text, the same for the same rules.

        Raises:
            ConfigurationError: with everything that is wrong with the rules.

        """
        refuse("rules", group_problems(self.groups))
        return rule_file(self.groups)
