"""The words of labels, and what the models say in them."""

import os
from pathlib import Path

import pytest

from analysis.vision import wordnet
from analysis.vision.confidence import detected, tagged
from analysis.vision.detected_kinds import KINDS as DETECTED
from analysis.vision.label_names import NAMES, category, parents
from analysis.vision.ranges import numbers, ranges_of
from analysis.vision.tagged_kinds import KINDS

WORDNET = Path(os.environ.get("MIE_WORDNET", "/usr/share/wordnet"))


def classes(word):
    return set(numbers(KINDS[word]))


def test_every_word_has_a_category_and_known_parents():
    for name in NAMES:
        assert category(name)
        assert set(parents(name)) <= set(NAMES)
    assert parents("Cat") == ("Mammal", "Animal")


def test_every_kind_of_the_detector_is_a_word():
    assert len(DETECTED) == len(set(DETECTED)) == 80
    assert set(DETECTED) <= set(NAMES)


def test_every_word_of_the_tagger_is_a_word_and_its_classes_are_those_of_its_parents_too():
    for word in KINDS:
        assert classes(word) <= set(range(1_000))
        for parent in parents(word):
            assert classes(word) <= classes(parent)


def test_breeds_are_a_dog_and_an_animal():
    assert classes("Dog") == set(range(151, 269))
    assert classes("Cat") == set(range(281, 286))
    assert classes("Bird") > {8, 22, 145}
    assert not classes("Vehicle") & classes("Animal")


def test_numbers_are_written_as_ranges():
    assert ranges_of([9, 3, 4, 5]) == "3-5 9"
    assert list(numbers("3-5 9")) == [3, 4, 5, 9]
    assert list(numbers("")) == []


@pytest.mark.skipif(not (WORDNET / "data.noun").exists(), reason="Debian's wordnet-base has it")
def test_the_table_is_what_wordnet_makes_it():
    made = Path(wordnet.__file__).with_name("tagged_kinds.py")
    assert wordnet.table(WORDNET) == made.read_text()


def test_the_surer_a_model_is_the_surer_is_a_label():
    for word in ("Cat", "Animal", "Building"):
        sure = [tagged(word, total) for total in (0, 0.1, 0.3, 0.6, 0.9, 1)]
        assert sure == sorted(sure)
        assert all(0 <= one <= 1 for one in sure)
    assert detected("Clock", 0.9, None) > detected("Clock", 0.5, None)


def test_a_word_of_many_classes_needs_more():
    assert tagged("Animal", 0.4) < tagged("Cat", 0.4)


def test_a_person_is_believed_sooner_than_a_clock():
    assert detected("Person", 0.5, None) > 0.8 > 0.6 > detected("Clock", 0.5, None)


def test_an_animal_that_the_tagger_does_not_see_is_not_believed():
    assert detected("Bear", 0.7, 0.6) > 0.9 > 0.6 > detected("Bear", 0.7, 0.001)
