from analysis.translate.stream import translate_all
from analysis.translate.terms import translate_with_terms


class Translator:
    """Applies a function to the stream."""

    def __init__(self, change):
        self.change = change
        self.runs = 0

    def translate(self, stream):
        self.runs += 1
        return self.change(stream)


def test_texts_come_back_in_their_order_whatever_is_in_them():
    texts = [r"a \ [b] {c} ^d$ <e> @f /g", "h.[][\n7;]", "i\x00j", "k."]
    assert translate_all(Translator(str), texts) == [texts[0], texts[1], "i j", "k."]


def test_where_a_mark_is_lost_each_text_is_translated_alone():
    losing = Translator(lambda stream: stream.replace(".[][\n1;]", "", 1))
    assert translate_all(losing, ["a", "b", "c"]) == ["a", "b", "c"]


def test_a_long_list_takes_several_runs():
    counting = Translator(str)
    assert translate_all(counting, ["x" * 1_000] * 250) == ["x" * 1_000] * 250
    assert counting.runs == 3


def test_what_the_rules_leave_is_mended():
    rules = {"I am a dog.": "  soy un perro .", "a dog": "Un perro", "IBM": "IBM", "a  b": "a  b"}
    said = translate_all(
        Translator(lambda stream: rules[stream.split(".[][")[0]] + ".[][\n0;]"), ["I am a dog."]
    )
    assert said == ["soy un perro."]
    for source in ("a dog", "IBM", "a  b"):
        change = Translator(lambda stream, source=source: rules[source] + ".[][\n0;]")
        expected = {"a dog": "un perro"}.get(source, rules[source])
        assert translate_all(change, [source]) == [expected]


def test_a_term_is_kept_where_the_translator_puts_it():
    said = translate_with_terms(
        ["red Ada"], {"Ada": "Zoë"}, lambda texts: [" ".join(reversed(texts[0].split()))]
    )
    assert (said.texts, said.terms) == (["Zoë red"], {"Ada": "Zoë"})


def test_a_term_that_the_translator_loses_is_put_between_the_rest():
    lossy = lambda texts: [text.replace("Zqx", "").upper() for text in texts]  # noqa: E731
    said = translate_with_terms(["a Ada b, Ada"], {"Ada": "Zoë"}, lossy)
    assert said.texts == ["A Zoë B, Zoë"]


def test_the_longer_of_two_terms_is_meant_and_words_are_whole():
    terms = {"New": "N", "New York": "NY", "C++": "C"}
    said = translate_with_terms(["New York, New, Newer; C++"], terms, list)
    assert said.texts == ["NY, N, Newer; C"]
