"""CloudFormation templates as YAML: the short tags (``!Ref``) and their long form.

awscli and cfn-lint each have such a loader inside; the one library for it, cfn-flip, has had no
release since 2021.
"""

from typing import Any

import yaml

_TIMESTAMP = "tag:yaml.org,2002:timestamp"
# These two keep their name; every other short tag is "Fn::" and its name.
_WITHOUT_PREFIX = frozenset({"Ref", "Condition"})


class TemplateError(ValueError):
    """A text is no CloudFormation template; the message says where."""


def load(text: str) -> dict[str, Any]:
    """A template with every short tag in its long form and every anchor resolved.

    Dates such as ``Version: 2012-10-17`` stay text. A key that stands twice in a mapping is an
    error, because one of the two would silently vanish. Raises TemplateError.
    """
    try:
        template = yaml.load(text, _TemplateLoader)  # noqa: S506 - it extends the safe loader
    except yaml.YAMLError as error:
        raise TemplateError(str(error)) from error
    if not isinstance(template, dict):
        raise TemplateError("a template is a mapping with Resources and Parameters")
    return template


def dump(template: dict[str, Any]) -> str:
    """A template as YAML, intrinsic functions in their long form, without anchors."""
    text: str = yaml.dump(
        template, Dumper=_TemplateDumper, sort_keys=False, width=100, allow_unicode=True
    )
    return text


class _TemplateLoader(yaml.SafeLoader):
    """The safe loader and the short tags."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own way to leave a type out
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        # here, where merge keys are not resolved yet: those may repeat what a mapping overrides
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key.value}' stands here twice", key.start_mark
                )
            seen.add(key.value)
        return node


class _TemplateDumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _construct_short_tag(loader: yaml.Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    if name == "GetAtt" and isinstance(value, str):
        # an attribute may itself have a dot: Stack.Outputs.Name
        value = value.split(".", 1)
    return {name if name in _WITHOUT_PREFIX else f"Fn::{name}": value}


_TemplateLoader.add_multi_constructor("!", _construct_short_tag)
