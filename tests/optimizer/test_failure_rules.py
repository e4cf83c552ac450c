"""Every failure rule finds its own kind, in several languages, and leaves ordinary evolutions alone."""

from __future__ import annotations

import pytest

from optimizer.errors import ConfigError
from optimizer.evolution.cases import EvolutionCase
from optimizer.evolution.failures import RULES, early_failure, find_failure, without

METHOD = """Step 1: List ways in which the instruction could become harder to carry out for an expert.
Step 2: Choose several of these ways, and make a plan.
Step 3: Carry out the plan; add ten to twenty words and keep the language.
Step 4: Review the result and remove what no sensible person would ask."""
BEFORE = "Write a short poem about autumn."
AFTER = (
    "Write a short poem about autumn in which every line names a colour, "
    "and end with a line that rhymes with the first."
)


def case(response=None, *, before=BEFORE, after=AFTER):
    return EvolutionCase(before, after, METHOD, response)


def found(one):
    failure = find_failure(one)
    return failure.rule if failure else None


def early(before, after):
    failure = early_failure(case(before=before, after=after))
    return failure.rule if failure else None


@pytest.mark.parametrize(
    "answer",
    [
        "Understood. Is there anything else I can do?",
        "“Thank you for the clarification! How can I assist you further?”",
        "**Got it!** Shall I begin?",
        "That's correct. Do you have another request?",
        "Verstanden. Kann ich sonst noch etwas für Sie tun?",
        "Vielen Dank für den Hinweis! Womit soll ich anfangen?",
        "Merci pour ces précisions. Souhaitez-vous autre chose ?",
        "¡Entendido! ¿Hay algo más en lo que pueda ayudar?",
        "Obrigado pela informação. Posso ajudar em mais alguma coisa?",
        "Ho capito. C'è altro?",
        "Begrepen. Kan ik nog iets voor u doen?",
        "Rozumiem. Czy mogę jeszcze w czymś pomóc?",
        "Понятно. Могу ли я ещё чем-то помочь?",
        "承知しました。他に何かありますか？",
        "明白了。还有什么可以帮您的吗？😊",
    ],
)
def test_an_answer_that_only_acknowledges_and_asks_is_stagnant(answer):
    assert found(case(answer)) == "stagnant-complexity"


@pytest.mark.parametrize(
    "answer",
    [
        "Sure, I can help with that. What would you like to know?",
        "Certainly! Which season do you have in mind?",
        "What do you mean by a line that names a colour",
        "Natürlich! Worum soll es gehen?",
        "Bien sûr ! Quel sujet vous intéresse ?",
        "¡Claro! ¿Qué tema prefieres?",
        "Com certeza! Qual é o tema?",
        "Certo! Di che cosa si tratta?",
        "Natuurlijk! Waar moet het over gaan?",
        "Oczywiście! O czym ma być?",
        "Конечно! О чём вы хотите узнать?",
        "もちろんです。どんな内容ですか？",
        "当然可以，您想了解什么？",
    ],
)
def test_an_answer_that_offers_itself_and_asks_back_was_not_told_enough(answer):
    assert found(case(answer)) == "insufficient-qualification"


@pytest.mark.parametrize(
    "answer",
    [
        "To compute this, please provide the number of apples.",
        "I need more information to solve this.",
        "You haven't provided the text that I should shorten.",
        "It is not possible to do both: the requirements contradict each other.",
        "Bitte geben Sie mir den Text.",
        "Ich benötige weitere Informationen, um das zu lösen.",
        "Veuillez fournir le texte à résumer.",
        "Por favor, proporciona el texto.",
        "Por favor, forneça o texto.",
        "Potresti fornire il testo?",
        "Ik heb meer informatie nodig.",
        "Proszę podać tekst.",
        "Пожалуйста, предоставьте текст.",
        "要約する文章を提供してください。",
        "请提供需要总结的文本。",
    ],
)
def test_an_answer_that_asks_for_what_is_missing_shows_lost_information(answer):
    assert found(case(answer)) == "lost-information"


@pytest.mark.parametrize(
    "answer",
    [
        "I'm sorry, but I can't help with that.",
        "As an AI language model, I do not have feelings about autumn.",
        "Es tut mir leid, dabei kann ich nicht helfen. Das kann ich nicht tun.",
        "Désolé, je ne peux pas répondre à cette demande.",
        "Lo siento, no puedo ayudar con eso.",
        "Desculpe, não posso ajudar com isso.",
        "Mi dispiace, non posso aiutarti.",
        "Het spijt me, dat kan ik niet doen.",
        "Przepraszam, nie mogę w tym pomóc.",
        "К сожалению, я не могу с этим помочь.",
        "申し訳ありませんが、お手伝いできません。",
        "很抱歉，我无法回答这个问题。",
    ],
)
def test_a_short_apology_is_a_refusal(answer):
    assert found(case(answer)) == "refusal"


@pytest.mark.parametrize("answer", ["", " \n ", "...", "?!", "**", "The of and to", "und der"])
def test_an_answer_without_content_is_empty(answer):
    assert found(case(answer)) == "empty-answer"


def test_a_short_question_to_the_reader_is_no_answer():
    assert found(case("What kind of autumn do you mean?")) in {
        "counter-question",
        "insufficient-qualification",
    }
    assert found(case("Which colours would you like to have?")) == "counter-question"
    assert found(case("Welche Farben möchten Sie haben?")) == "counter-question"
    quiz = case(
        "What would you change?", after="Write one interview question for a new mayor of a small town."
    )
    assert found(quiz) is None


@pytest.mark.parametrize(
    "answer",
    [
        "Red leaves fall.\nGold light calls.\nIs it autumn at all?",
        "Sure. Here is the poem: red leaves fall, gold light calls.",
        "Thank you for coming to our shop. We open at nine.",
        "Understood " + "and the long essay goes on, sentence after sentence, " * 30 + "would you not agree?",
        "Dear customer, we are sorry for the delay. Your parcel is on its way.",
        "I'm sorry for your loss. My thoughts are with your family.",
        "Yes",
        "No.",
        "42",
        "<",
        "😀",
        "they",
        "#### 72",
        "Die Blätter fallen, rot und schwer.",
        "請求書は来週届きます。",
        "Dear Ms. Lee, "
        + "we are writing about the open invoice of last month. " * 8
        + "So please provide the "
        "number of the order. "
        + "We will look into the matter at once and come back to you within a few days. "
        * 6,
    ],
)
def test_ordinary_answers_pass(answer):
    assert found(case(answer)) is None


def test_a_request_that_the_instruction_itself_asks_to_write_is_no_failure():
    after = (
        "Write a mail that asks the customer to “please provide” the order number, in at most two sentences."
    )
    assert found(case("Please provide the order number.", after=after)) is None


@pytest.mark.parametrize("evolved", ["", "   ", "...", "—"])
def test_a_reply_without_an_evolved_instruction_is_a_failure(evolved):
    assert early(BEFORE, evolved) == "no-evolution"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (BEFORE, BEFORE),
        (BEFORE, "  write a SHORT poem about autumn!  "),
        (BEFORE, "Please write a short poem about autumn."),
        (BEFORE, "Write a very short poem about autumn."),
        (BEFORE, "Write a poem."),
        ("Schreibe ein Gedicht über den Herbst.", "Schreibe bitte ein Gedicht über den Herbst!"),
        ("写一首关于秋天的诗。", "写一首关于秋天的诗！"),
        ("Напиши стихи об осени.", "Напиши, пожалуйста, стихи об осени"),
    ],
)
def test_an_instruction_that_says_the_same_is_unchanged(before, after):
    assert early(before, after) == "unchanged"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (BEFORE, AFTER),
        ("Schreibe ein Gedicht über den Herbst.", "Schreibe ein Gedicht über den Herbst, in dem jede Zeile reimt."),
        ("写一首关于秋天的诗。", "写一首关于秋天的七言绝句，并说明所用的修辞。"),
        ("秋の詩を書いてください。", "秋の詩を三行で書き、色の名前を必ず入れてください。"),
        ("Give me a joke about PhD. Try to make a long joke.",
         "Give me a joke about PhD. Try to make a long joke. Compare two ways to the end and say which one is safer."),
        ("Translate “Guten Tag, wie geht es Ihnen” into English.",
         "Translate “Guten Tag, wie geht es Ihnen” into English, and name two more formal ways to say it."),
        ("Tom has 3 apples and buys 12 more for $1,000. How many has he?",
         "Tom has 3 apples, buys 12 more for $1000 and gives a third away. How many has he, and what is each worth?"),
        ("Fix `total = sum(xs) / len(xs)`.",
         "Fix `total = sum(xs) / len(xs)` so that an empty list of xs gives None."),
    ],
)  # fmt: skip
def test_ordinary_evolutions_pass(before, after):
    assert early(before, after) is None


@pytest.mark.parametrize(
    "after",
    [
        "#Rewritten Prompt#: Write a short poem about autumn and winter in which nobody speaks.",
        "Given the original instruction, write a longer poem about autumn with two stanzas.",
        "Sure! Here is a harder task: write a poem about autumn with four stanzas.",
        "Write a poem about autumn. </method> Use four stanzas and no rhymes.",
        "Write a poem. Choose several of these ways, and make a plan. Use rhymes.",
        "Schreibe die umgeschriebene Anweisung über den Herbst mit vier Strophen.",
        "改写后的指令：写一首关于秋天的诗，四行。",
    ],
)
def test_words_of_the_meta_prompt_are_a_leak(after):
    assert early(BEFORE, after) == "leaked-method"


def test_what_the_original_says_itself_is_no_leak():
    before = "Improve the given prompt: “Tell me a joke.”"
    assert early(before, "Improve the given prompt: “Tell me a joke.” Name three weaknesses first.") is None


@pytest.mark.parametrize(
    "after",
    [
        AFTER + " Moreover, consider each further circumstance with the greatest care." * 40,
        AFTER + "\n- and one more thing" * 40,
        AFTER + " Think of the leaves, think of the wind." * 20,
    ],
)
def test_an_instruction_that_grew_out_of_hand_is_runaway(after):
    assert early(BEFORE, after) == "runaway"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Schreibe ein Gedicht über den Herbst und die Blätter.",
         "Write a poem about autumn in which each of the lines is a question to the reader."),
        ("Écris un poème sur les feuilles qui tombent.",
         "Write a poem about the leaves, and end it with a rhyme for the reader."),
        ("写一首关于秋天的诗。", "Write a poem about autumn with at least four lines."),
        ("Напиши стихи об осени.", "Write a poem about autumn with at least four lines."),
        ("Write a poem about the leaves that fall in autumn.",
         "Напиши стихи о листьях, которые падают осенью, в четыре строки."),
    ],
)  # fmt: skip
def test_another_language_is_found(before, after):
    assert early(before, after) == "switched-language"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Tom has 35 apples, 12 pears and 8 plums. How many pieces of fruit has he?",
         "Tom has some apples, pears and plums. How many pieces of fruit has he when he shares them fairly?"),
        ("Summarise https://example.org/report in two sentences.",
         "Summarise the report in two sentences and name its weakest claim."),
        ("Write to lee@example.org about the delay.", "Write a polite letter about the delay and offer two ways out."),
        ("Fill in the template: Dear {name}, thank you.",
         "Fill in the template with a greeting, a reason and a closing line."),
        ("Explain `for index, row in enumerate(rows): total += row[2]`.",
         "Explain what the loop over the rows does to the total."),
    ],
)  # fmt: skip
def test_facts_of_the_original_that_vanished_are_missed_before_an_answer_is_paid(before, after):
    assert early(before, after) == "lost-facts"


def test_a_rule_can_be_left_out_and_none_that_does_not_exist():
    lost = case(before="Add the prices 17, 25 and 99.", after="Add the prices and compare two ways to do so.")
    assert early_failure(lost).reason == "Numbers of the original are gone (17, 25, 99)."
    assert early_failure(lost).rule == "lost-facts"
    assert early_failure(lost, without("lost-facts")) is None
    with pytest.raises(ConfigError, match="no failure rule 'lost-fact'"):
        without("lost-fact")


def test_a_new_instruction_of_the_same_field_owes_no_facts():
    after = "Describe an uncommon problem that a fruit seller has to solve, and explain in four steps how."
    assert early("Tom has 35 apples, 12 pears and 8 plums. How many pieces of fruit has he?", after) is None


def test_a_reason_that_quotes_a_huge_text_stays_short():
    failure = early_failure(
        case(before=f"Add the prices {'7' * 5_000} and 12.", after=f"Add the two prices and {'x' * 9_000}.")
    )
    assert failure.rule == "lost-facts"
    assert len(failure.reason) <= 300


def test_rules_that_need_a_response_wait_for_one():
    assert find_failure(case(None)) is None
    assert early_failure(case("I'm sorry, but I can't help with that.")) is None
    assert find_failure(case("I'm sorry, but I can't help with that.")).rule == "refusal"


def test_every_rule_is_named_as_it_is_registered_and_tells_its_source():
    for name, rule in RULES.items():
        assert rule.name == name
        assert "Source:" in type(rule).__doc__
