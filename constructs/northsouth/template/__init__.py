"""Reads Terraform JSON into resources whose references lead somewhere; pure.

Three documents are understood: a synthesized ``cdk.tf.json`` (or any Terraform configuration in JSON), and what
``terraform show -json`` prints of a plan and of a state::

    template = read("cdktf.out/stacks/example/cdk.tf.json")
    for rule in template.of_type("aws_route53_resolver_firewall_rule"):
        group = template.one(rule, "firewall_rule_group_id")
        print(rule.address, "belongs to", group.address if group else "a group outside this file")
"""

from northsouth import bindings
from northsouth.template.expressions import Reference, references
from northsouth.template.model import Kind, Link, Mode, Resource, TemplateError, Value
from northsouth.template.planned import Deed, PlannedChange
from northsouth.template.reading import parse, parse_plan, read, read_plan
from northsouth.template.shown import Plan
from northsouth.template.template import Template

bindings.install()

__all__ = [
    "Deed",
    "Kind",
    "Link",
    "Mode",
    "Plan",
    "PlannedChange",
    "Reference",
    "Resource",
    "Template",
    "TemplateError",
    "Value",
    "parse",
    "parse_plan",
    "read",
    "read_plan",
    "references",
]
