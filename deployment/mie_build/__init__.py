"""Builds what is deployed: the layer, the Lambda packages and the CloudFormation templates."""
