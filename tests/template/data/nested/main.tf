# The source of ../plan.json: terraform plan -out plan && terraform show -json plan

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "unused"
  secret_key                  = "unused"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variable "vpcs" {
  default = ["east", "west"]
}

resource "aws_vpc" "main" {
  for_each   = toset(var.vpcs)
  cidr_block = "10.0.0.0/16"
  tags       = { Name = each.key }
}

module "hub" {
  source  = "./rules"
  vpc_ids = { for name, vpc in aws_vpc.main : name => vpc.id }
}

resource "aws_ram_resource_share" "group" {
  name = "group"
  tags = { Group = "of ${module.hub.group}" }
}
