variable "vpc_ids" {}

locals {
  names = { api = "api.example.com" }
}

resource "aws_lb" "hub" {
  name     = "hub"
  internal = true
  subnets  = ["subnet-1", "subnet-2"]
}

resource "aws_route53_resolver_firewall_domain_list" "names" {
  for_each = local.names
  name     = each.key
  domains  = ["${each.value}.", "*.${each.value}."]
}

resource "aws_route53_resolver_firewall_rule_group" "hub" {
  count = 1
  name  = "hub"
}

resource "aws_route53_resolver_firewall_rule" "override" {
  for_each                = aws_route53_resolver_firewall_domain_list.names
  name                    = each.key
  action                  = "BLOCK"
  block_response          = "OVERRIDE"
  block_override_dns_type = "CNAME"
  block_override_domain   = "${aws_lb.hub.dns_name}."
  block_override_ttl      = 60
  firewall_domain_list_id = each.value.id
  firewall_rule_group_id  = aws_route53_resolver_firewall_rule_group.hub[0].id
  priority                = 100
}

resource "aws_route53_resolver_firewall_rule_group_association" "vpc" {
  for_each               = var.vpc_ids
  name                   = each.key
  vpc_id                 = each.value
  priority               = 101
  firewall_rule_group_id = aws_route53_resolver_firewall_rule_group.hub[0].id
}

output "group" {
  value = aws_route53_resolver_firewall_rule_group.hub[0].id
}
