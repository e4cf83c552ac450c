"""The most frequent function words of languages in Latin script, by which a language is recognised: data only."""

from __future__ import annotations

FUNCTION_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "English": """the a of and to in is that for my me i with as on are this be at by or from which it an you your
            what how if have has was were will would should can their its not each does do into than then""",
        "German": """der die das und ist nicht ein eine einen einem einer den dem des zu mit für auf von im am
            wie was sich auch oder wird werden sind bei aus nach über dass wenn ich du sie er wir es""",
        "French": """le la les des et est un une du de que qui dans pour sur avec au aux par ne pas ce cette ces
            se sont vous votre nous ou où plus leur comme être d l qu""",
        "Spanish": """el la los las y es un una de del que en por para con no se al su sus lo como más o pero
            son este esta estos cuál qué cómo cada entre sobre""",
        "Portuguese": """o a os as e é um uma de do da dos das que em no na nos nas por para com não se ao à
            seu sua como mais ou são este esta qual quais cada entre sobre você""",
        "Italian": """il lo la i gli le e è un una uno di del della dei delle che in nel nella per con non si al
            alla da dal come più o sono questo questa quale ogni tra sul sulla""",
        "Dutch": """de het een en is van in op te dat die voor met niet zijn aan er om als ook bij door naar uit
            over wat hoe welke wordt worden of je u deze dit elke""",
        "Polish": """i w na z do się nie to jest że o jak po co za od dla przez oraz lub są czy jego jej ich
            który która które tym ten ta te każdy każda""",
    }.items()
}

ANY_FUNCTION_WORD = frozenset().union(*FUNCTION_WORDS.values())
"""The function words of all these languages together."""
