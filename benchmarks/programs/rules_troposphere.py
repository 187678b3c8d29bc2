"""The same rules with troposphere, in one group: ``python rules_troposphere.py OUT COUNT``."""

import sys
from pathlib import Path

from troposphere import Template
from troposphere.route53resolver import FirewallRule, FirewallRuleGroup

template = Template()
template.add_resource(
    FirewallRuleGroup(
        "Group",
        FirewallRules=[
            FirewallRule(
                Action="BLOCK",
                BlockResponse="OVERRIDE",
                BlockOverrideDnsType="CNAME",
                BlockOverrideDomain=f"target-{number}.internal",
                BlockOverrideTtl=60,
                FirewallDomainListId="rslvr-fdl-0123456789abcdef",
                Priority=100 + number,
            )
            for number in range(int(sys.argv[2]))
        ],
    )
)
out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
(out / "template.json").write_text(template.to_json())
