"""Templates are read with the short tags of CloudFormation, and nothing in them vanishes."""

from pathlib import Path

import pytest

from mie_build import cfn_yaml

TEMPLATES = sorted((Path(__file__).parents[2] / "cloudformation").glob("*.yaml"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!Ref Bucket", {"Ref": "Bucket"}),
        ("!Condition Yes", {"Condition": "Yes"}),
        ("!GetAtt Role.Arn", {"Fn::GetAtt": ["Role", "Arn"]}),
        ("!GetAtt Stack.Outputs.Name", {"Fn::GetAtt": ["Stack", "Outputs.Name"]}),
        ("!GetAtt [Role, Arn]", {"Fn::GetAtt": ["Role", "Arn"]}),
        ('!Sub "${A}-b"', {"Fn::Sub": "${A}-b"}),
        ('!Join [":", [!Ref A, b]]', {"Fn::Join": [":", [{"Ref": "A"}, "b"]]}),
        ("!Sub\n  - ${B}\n  - {B: !Ref C}", {"Fn::Sub": ["${B}", {"B": {"Ref": "C"}}]}),
        ("!Transform {Name: A}", {"Fn::Transform": {"Name": "A"}}),
        ("2012-10-17", "2012-10-17"),
        ("true", True),
        ("128", 128),
    ],
)
def test_a_value_becomes_what_cloudformation_reads(text, value):
    indented = text.replace("\n", "\n  ")
    assert cfn_yaml.load(f"Key: {indented}") == {"Key": value}


def test_merge_keys_are_resolved_and_overridden():
    text = "A: &a {x: 1, y: 1}\nB: &b\n  <<: *a\n  x: 2\nC:\n  <<: *b\n  x: 3\n"
    assert cfn_yaml.load(text)["C"] == {"x": 3, "y": 1}


@pytest.mark.parametrize("text", ["A: 1\nA: 2", "R:\n  Role: {}\n  Role: {}", "A: {b: 1, b: 2}"])
def test_a_key_that_stands_twice_is_refused(text):
    with pytest.raises(cfn_yaml.TemplateError, match=r"stands here twice(.|\n)*line"):
        cfn_yaml.load(text)


@pytest.mark.parametrize("text", ["", "- a", "text", "A: [", "A: !!python/object:os.system {}"])
def test_a_text_that_is_no_template_is_refused(text):
    with pytest.raises(cfn_yaml.TemplateError):
        cfn_yaml.load(text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_survives_being_written_and_read(path):
    template = cfn_yaml.load(path.read_text())
    assert cfn_yaml.load(cfn_yaml.dump(template)) == template


def test_what_is_written_has_no_anchors():
    shared = {"a": "b"}
    assert "&" not in cfn_yaml.dump({"x": shared, "y": shared})
