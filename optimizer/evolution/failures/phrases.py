"""What failed answers say, in the languages that instruction data comes in: data only.

Phrases are in lower case with straight apostrophes, and stand between bars. One that ends in ``*`` also matches
as the beginning of a longer word. To teach a rule another wording, add it here.
"""

from __future__ import annotations

from typing import TypeAlias

Table: TypeAlias = dict[str, str]
"""Language -> its phrases, separated by bars."""

ACKNOWLEDGED: Table = {
    "en": """
        understood | thank you | thanks | noted | got it | okay | ok | alright | all right | i understand
        | i see | great | that is correct | that's correct | acknowledged | is there anything else
    """,
    "de": """
        verstanden | danke | vielen dank | alles klar | in ordnung | ich verstehe | notiert | das ist
        richtig | das stimmt | gibt es sonst noch | gibt es noch etwas
    """,
    "fr": """
        compris | merci | d'accord | c'est noté | bien noté | entendu | très bien | je comprends | c'est
        exact | y a-t-il autre chose
    """,
    "es": """
        entendido | gracias | muchas gracias | de acuerdo | anotado | vale | entiendo | muy bien | es
        correcto | hay algo más
    """,
    "pt": "entendido | entendi | obrigad* | muito obrigad* | anotado | tudo bem | compreendo",
    "it": "capito | ho capito | grazie | va bene | d'accordo | ricevuto | preso nota | è corretto",
    "nl": """
        begrepen | dank u | dank je | dankjewel | bedankt | genoteerd | oké | ik begrijp het | dat klopt
        | goed
    """,
    "pl": "zrozumiałem | zrozumiałam | zrozumiano | rozumiem | dziękuję | dzięki | w porządku",
    "ru": "понятно | понял* | спасибо | хорошо | ясно | благодарю | я понимаю | принято | верно",
    "ja": "了解* | 承知* | わかりました* | 分かりました* | ありがとう* | かしこまりました* | なるほど*",
    "zh": "明白* | 好的* | 谢谢* | 感谢* | 了解* | 收到* | 我理解* | 我明白* | 没错*",
}
"""Beginnings of an answer that only takes note."""

WILLING: Table = {
    "en": """
        sure | certainly | of course | happy to help | i'd be happy to | i would be happy to | i'm happy
        to | i'd love to | absolutely | no problem | gladly | yes, of course | yes, i can | yes, i'd be
    """,
    "de": """
        sicher | natürlich | selbstverständlich | gerne | gern | klar | ja, gerne | ja, natürlich | ich
        helfe gerne | ich helfe dir gern | ich helfe ihnen gern | kein problem
    """,
    "fr": """
        bien sûr | certainement | volontiers | avec plaisir | naturellement | oui, bien sûr | pas de
        problème | je serais ravi*
    """,
    "es": """
        claro | por supuesto | desde luego | con gusto | con mucho gusto | seguro | sí, claro | cómo no
    """,
    "pt": "claro | com certeza | certamente | com prazer | sim, claro | é claro | sem problema*",
    "it": "certo | certamente | certo che sì | con piacere | volentieri | sì, certo | naturalmente",
    "nl": "zeker | natuurlijk | uiteraard | graag | met plezier | ja, graag | ja, natuurlijk",
    "pl": "oczywiście | jasne | pewnie | z przyjemnością | chętnie | tak, oczywiście | nie ma problemu",
    "ru": "конечно | разумеется | с удовольствием | да, конечно | с радостью | безусловно",
    "ja": "もちろん* | はい、もちろん* | 喜んで* | はい、喜んで* | 承ります*",
    "zh": "当然* | 没问题* | 好的，当然* | 很乐意* | 我很乐意* | 可以的* | 乐意*",
}
"""Beginnings of an answer that offers itself."""

PUZZLED: Table = {
    "en": """
        what do you mean | could you explain what you | can you explain what you | i'm not sure what you
    """,
    "de": "was meinst du | was meinen sie | was genau meinst du | was genau meinen sie",
    "fr": "que voulez-vous dire | que veux-tu dire | qu'entendez-vous par",
    "es": "qué quieres decir | qué quiere decir | a qué te refieres | a qué se refiere",
    "pt": "o que você quer dizer | o que quer dizer | o que queres dizer",
    "it": "cosa intendi | cosa intende | che cosa intendi | che cosa intende",
    "nl": "wat bedoel je | wat bedoelt u",
    "pl": "co masz na myśli | co ma pan na myśli | co ma pani na myśli",
    "ru": "что вы имеете в виду | что ты имеешь в виду",
    "ja": "どういう意味 | どのような意味でしょう",
    "zh": "你是什么意思 | 您是什么意思 | 您的意思是什么 | 不太明白您",
}
"""Questions about what was meant."""

ASKS_FOR_MISSING: Table = {
    "en": """
        please provide | please share | please specify | please supply | please paste | please send me |
        please tell me which | could you provide | could you please provide | can you provide | can you
        please provide | could you share | could you please share | could you clarify | could you please
        clarify | can you clarify | need more information | need more details | need some more
        information | what exactly do you | what exactly would you | you haven't provided | you have not
        provided | you didn't provide | you did not provide | you haven't included | you didn't include |
        i don't see any text | i don't see the text
    """,
    "de": """
        bitte gib mir | bitte geben sie mir | bitte nenne mir | bitte nennen sie mir | bitte teile mir |
        bitte teilen sie mir | bitte schicke mir | bitte schicken sie mir | bitte stelle mir | bitte
        stellen sie mir | könntest du mir bitte | könnten sie mir bitte | ich brauche mehr informationen
        | ich benötige mehr informationen | ich benötige weitere informationen | ich brauche weitere
        angaben
    """,
    "fr": """
        veuillez fournir | veuillez me fournir | veuillez préciser | veuillez m'indiquer | merci de
        fournir | merci de me fournir | pourriez-vous fournir | pourriez-vous me fournir | pourriez-vous
        préciser | pouvez-vous préciser | pouvez-vous me fournir | besoin de plus d'informations
    """,
    "es": """
        por favor, proporciona* | por favor proporciona* | por favor, proporcione | por favor proporcione
        | por favor, facilite | por favor, indique | por favor, indica | ¿podrías proporcionar* | ¿podría
        proporcionar* | ¿puedes proporcionar* | ¿podrías aclarar* | ¿podría aclarar* | necesito más
        información | necesito más detalles
    """,
    "pt": """
        por favor, forneça | por favor forneça | por favor, informe | por favor, envie | você poderia
        fornecer | poderia fornecer | poderia esclarecer | preciso de mais informações | preciso de mais
        detalhes
    """,
    "it": """
        si prega di fornire | per favore, fornisci* | per favore fornisci* | per favore, fornisca |
        potresti fornir* | potrebbe fornir* | potresti chiarire | potrebbe chiarire | ho bisogno di più
        informazioni | ho bisogno di maggiori informazioni
    """,
    "nl": """
        geef alstublieft | geef alsjeblieft | gelieve mij | kunt u mij de | kun je mij de | kunt u
        verduidelijken | kun je verduidelijken | ik heb meer informatie nodig | ik heb meer gegevens
        nodig
    """,
    "pl": """
        proszę podać | proszę o podanie | proszę o przesłanie | proszę przesłać | podaj proszę | podaj,
        proszę | czy możesz podać | czy może pan podać | czy może pani podać | potrzebuję więcej
        informacji | potrzebuję więcej szczegółów
    """,
    "ru": """
        пожалуйста, предоставьте | пожалуйста, предоставь | пожалуйста, укажите | пожалуйста, уточните |
        пожалуйста, пришлите | не могли бы вы предоставить | не могли бы вы уточнить | мне нужно больше
        информации | мне нужна дополнительная информация
    """,
    "ja": """
        提供してください | ご提供ください | 教えてください |
        お知らせください | ご教示ください | もう少し詳しい情報 | 詳細を教えて | 情報が必要です
    """,
    "zh": "请提供 | 请您提供 | 请告诉我 | 请给我 | 请说明您 | 需要更多信息 | 需要更多的信息 | 能否提供 | 可以提供一下",
}
"""Requests for what the instruction does not hold."""

IMPOSSIBLE: Table = {
    "en": """
        it is not possible to | it's not possible to | this is not possible | that is not possible | the
        requirements contradict | these requirements contradict
    """,
    "de": """
        es ist nicht möglich | das ist nicht möglich | dies ist nicht möglich | die vorgaben
        widersprechen
    """,
    "fr": "il n'est pas possible | ce n'est pas possible | les consignes se contredisent",
    "es": "no es posible | esto no es posible | los requisitos se contradicen",
    "pt": "não é possível | isso não é possível",
    "it": "non è possibile | questo non è possibile",
    "nl": "het is niet mogelijk | dat is niet mogelijk | dit is niet mogelijk",
    "pl": "nie jest możliwe | to niemożliwe | to nie jest możliwe",
    "ru": "невозможно | это невозможно",
    "ja": "不可能です | それは不可能",
    "zh": "不可能完成 | 无法同时满足 | 这是不可能的",
}
"""Statements that the task cannot be done."""

SORRY: Table = {
    "en": "i'm sorry | i am sorry | sorry | i apologize | i apologise | my apologies | unfortunately",
    "de": "es tut mir leid | tut mir leid | entschuldigung | leider",
    "fr": "je suis désolé* | désolé* | je regrette | malheureusement | je m'excuse",
    "es": "lo siento | lamento | lamentablemente | disculpa* | perdón",
    "pt": "desculp* | sinto muito | lamento | infelizmente | peço desculpa*",
    "it": "mi dispiace | mi spiace | purtroppo | scusa*",
    "nl": "het spijt me | sorry | helaas | excuses",
    "pl": "przepraszam | przykro mi | niestety",
    "ru": "извините | простите | к сожалению | мне жаль | прошу прощения",
    "ja": "申し訳* | すみません* | ごめんなさい* | 残念ながら*",
    "zh": "抱歉* | 很抱歉* | 对不起* | 非常抱歉* | 不好意思*",
}
"""Beginnings of an apology."""

UNABLE: Table = {
    "en": """
        can't help | cannot help | can't assist | cannot assist | can't answer | cannot answer | can't
        provide | cannot provide | can't do that | cannot do that | can't fulfil* | cannot fulfil* |
        can't comply | cannot comply | can't complete | cannot complete | unable to | not able to | won't
        be able to | i can't create | i cannot create | i can't write | i cannot write
    """,
    "de": """
        kann ich nicht | kann ich dir nicht | kann ich ihnen nicht | ich kann dabei nicht | ich kann
        ihnen nicht | ich kann dir nicht | ich kann das nicht | nicht in der lage | nicht weiterhelfen
    """,
    "fr": "je ne peux pas | je ne suis pas en mesure | je ne puis | dans l'impossibilité",
    "es": "no puedo | no me es posible | no soy capaz | no estoy en condiciones",
    "pt": "não posso | não consigo | não sou capaz | não é possível para mim",
    "it": "non posso | non sono in grado | non riesco | non mi è possibile",
    "nl": "kan ik niet | ik kan niet | ik kan je niet | ik kan u niet | ben niet in staat | kan daar niet",
    "pl": "nie mogę | nie jestem w stanie | nie potrafię | nie umiem",
    "ru": "не могу | не в состоянии | не способен | не имею возможности",
    "ja": "できません | できかねます | お手伝いできません | お答えできません",
    "zh": "无法 | 不能 | 没有办法 | 没办法",
}
"""Statements of inability."""

AS_AN_AI: Table = {
    "en": "as an ai | as a language model | as a large language model | i'm just an ai | i am an ai",
    "de": "als ki | als sprachmodell | als künstliche intelligenz",
    "fr": "en tant qu'ia | en tant que modèle de langage | en tant qu'intelligence artificielle",
    "es": "como modelo de lenguaje | como ia | como inteligencia artificial",
    "pt": "como modelo de linguagem | como ia | como uma ia | como inteligência artificial",
    "it": "in quanto ia | come modello linguistico | in quanto intelligenza artificiale",
    "nl": "als ai | als taalmodel",
    "pl": "jako model językowy | jako ai | jako sztuczna inteligencja",
    "ru": "как ии | как языковая модель | как искусственный интеллект",
    "ja": "aiとして | 言語モデルとして | aiアシスタントとして",
    "zh": "作为ai | 作为一个ai | 作为人工智能 | 作为一个人工智能 | 作为语言模型 | 作为一个语言模型",
}
"""Answers that speak of themselves as a machine."""

ASKING_WORDS: Table = {
    "en": "what | which | how | where | who | when | would you | do you | could you | can you | are you",
    "de": "was | welche* | wie | wo | wer | wann | möchtest du | möchten sie | kannst du | können sie",
    "fr": """
        que | quel* | qu'est-ce | comment | où | qui | quand | voulez-vous | pouvez-vous | souhaitez-vous
    """,
    "es": "qué | cuál* | cómo | dónde | quién* | cuándo | puedes | podrías | quieres | desea*",
    "pt": "o que | qual | quais | como | onde | quem | quando | você pode | você gostaria",
    "it": "che cosa | cosa | quale | quali | come | dove | chi | quando | vuoi | vuole | puoi | può",
    "nl": "wat | welke | hoe | waar | wie | wanneer | wilt u | wil je | kunt u | kun je",
    "pl": "co | jaki* | jak | gdzie | kto | kiedy | który | która | które | czy",
    "ru": "что | какой | какая | какие | какое | как | где | кто | когда | вы хотите | хотите",
    "ja": "何* | どの* | どれ* | どこ* | いつ* | どのように* | 誰*",
    "zh": "什么* | 哪* | 怎么* | 您想* | 你想* | 您需要* | 你需要* | 请问*",
}
"""Beginnings of a question."""

TO_YOU: Table = {
    "en": "you | your",
    "de": "du | dir | dich | sie | ihnen | ihr* | dein*",
    "fr": "vous | votre | vos | tu | toi | ton | ta",
    "es": "tú | te | usted | tu | su | quieres | desea* | necesitas",
    "pt": "você | seu | sua | te | tu",
    "it": "tu | ti | lei | tuo | tua | vuoi | desideri | vorresti",
    "nl": "je | jij | u | jouw | uw",
    "pl": "ci | tobie | pan | pani | twój | twoja | chcesz | chciałbyś",
    "ru": "вы | вам | вас | ваш* | ты | тебе",
    "ja": "あなた | ご希望 | ご要望 | お望み | でしょうか",
    "zh": "你 | 您",
}
"""Words that address the reader."""

ASKS_FOR_QUESTIONS: Table = {
    "en": """
        question* | ask* | interview* | quiz* | query | queries | inquir* | convers* | dialog* | survey
    """,
    "de": "frage* | fragen | interview* | quiz* | umfrage* | gespräch* | dialog*",
    "fr": "question* | demande* | interview* | quiz* | entretien* | dialogue* | sondage*",
    "es": "pregunt* | entrevist* | cuestionario* | diálogo* | encuesta*",
    "pt": "pergunt* | entrevist* | questionário* | diálogo*",
    "it": "domand* | intervist* | chied* | dialogo | questionario",
    "nl": "vraag* | vragen* | interview* | gesprek* | dialoog*",
    "pl": "pytani* | zapyta* | wywiad* | dialog* | ankiet*",
    "ru": "вопрос* | спроси* | интервью | диалог* | опрос*",
    "ja": "質問 | 問い | インタビュー | 対話 | クイズ",
    "zh": "问题 | 提问 | 采访 | 对话 | 问卷 | 问",
}
"""Words of an instruction to which a question can be the right answer."""
