"""Mutes alarms at declared times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

from cdktf import TerraformProvider
from constructs import Construct

from northsouth.alerts.alarm import default_name
from northsouth.alerts.mutes import rules
from northsouth.alerts.packs.pack import AnyAlarm, Pack, alarms_of
from northsouth.errors import refuse


class MuteRule(Construct):
    """A maintenance window: at its times, alarms change state and notify nobody.

    When a window ends, CloudWatch runs the actions of an alarm that is still in the state it was muted in
    (alarm-mute-rules). Alarms without actions are left out. A mute rule has at most 100 alarms, so there are several
    rules with the same schedule if there are more.

    The provider's bindings must know ``aws_cloudwatch_alarm_mute_rule`` (cdktn-provider-aws 25.8); others are refused.

    Declare it after the alarms::

        MuteRule(self, "patching", schedule="cron(0 2 * * SUN)", duration="PT4H", time_zone="Europe/Berlin")

    Attributes:
        muted: by name, the alarms that are muted.
        resources: the ``aws_cloudwatch_alarm_mute_rule``, one for each 100 alarms.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        schedule: str,
        duration: str,
        time_zone: str = "UTC",
        start: str | None = None,
        expire: str | None = None,
        alarms: Iterable[AnyAlarm | Pack] | None = None,
        description: str = "",
        name: str | None = None,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the windows.

        Args:
            scope: where it belongs.
            id: its name within ``scope``.
            schedule: when a window begins: ``cron(minutes hours day-of-month month day-of-week)``, or once,
                ``at(yyyy-MM-ddThh:mm)``.
            duration: how long a window lasts, in the form of ISO 8601 (``PT4H``, ``P2DT12H``), ``PT1M`` to ``P15D``.
            time_zone: the IANA name of the zone of ``schedule``.
            start: the moment from which on windows begin (RFC 3339, ``2026-12-24T22:00:00Z``); at once if not given.
            expire: the moment after which nothing is muted; never if not given.
            alarms: alarms and packs; if not given, all of this stack under the same provider so far.
            description: what the windows are for, at most 1024 characters.
            name: its name; the construct's path with dashes if not given. Another name replaces the rule.
            provider: the Region and account of the alarms.
            tags: its tags.

        Raises:
            ConfigurationError: with every problem of the declaration, also if the provider's bindings lack mute rules.

        """
        super().__init__(scope, id)
        self.muted = {alarm.name: alarm for alarm in alarms_of(self, alarms, provider) if acts(alarm)}
        named = name if name is not None else default_name(scope, id)
        bindings = _bindings()
        refuse(
            f"MuteRule {id!r}",
            rules.mute_rule_problems(
                name=named,
                schedule=schedule,
                duration=duration,
                time_zone=time_zone,
                start=start,
                expire=expire,
                description=description,
                alarms=list(self.muted),
            ),
            rules.bindings_problems(known=bindings is not None),
        )
        every = [self.muted[key].alarm_name for key in sorted(self.muted)]
        size = rules.MAX_ALARMS
        groups = [every[begin : begin + size] for begin in range(0, len(every), size)]
        self.resources: tuple[Any, ...] = tuple(
            bindings.CloudwatchAlarmMuteRule(
                self,
                f"rule-{number}",
                name=named if number == 1 else f"{named}-{number}",
                description=description or None,
                rule=[
                    bindings.CloudwatchAlarmMuteRuleRule(
                        schedule=[
                            bindings.CloudwatchAlarmMuteRuleRuleSchedule(
                                expression=schedule, duration=duration, timezone=time_zone
                            )
                        ]
                    )
                ],
                mute_targets=[bindings.CloudwatchAlarmMuteRuleMuteTargets(alarm_names=group)],
                start_date=start,
                expire_date=expire,
                provider=provider,
                tags=tags,
            )
            for number, group in enumerate(groups, start=1)
        )


def acts(alarm: AnyAlarm) -> bool:
    """Tell whether an alarm does anything that could be muted."""
    return alarm.is_enabled and any((alarm.actions.alarm, alarm.actions.ok, alarm.actions.insufficient_data))


def _bindings() -> Any:  # noqa: ANN401 (older bindings lack the module)
    """Return the bindings of mute rules; ``None`` if the installed ones have none."""
    try:
        return import_module("cdktf_cdktf_provider_aws.cloudwatch_alarm_mute_rule")
    except ModuleNotFoundError:
        return None
