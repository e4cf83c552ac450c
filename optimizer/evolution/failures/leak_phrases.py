"""What gives an evolved instruction away as a rewriting, in several languages: data only, as in ``phrases``."""

from __future__ import annotations

from optimizer.evolution.failures.phrases import Table

META_PROMPT: Table = {
    "en": """
        given prompt | rewritten prompt | created prompt | original prompt | prompt rewriter | given instruction |
        rewritten instruction | original instruction | evolved instruction | evolving method | methods list |
        make the instruction more complex | more complex instruction | instruction rewriter
    """,
    "de": """
        gegebene anweisung | umgeschriebene anweisung | ursprüngliche anweisung | weiterentwickelte
        anweisung | umgeschriebener prompt
    """,
    "fr": """
        instruction donnée | instruction réécrite | instruction d'origine | invite réécrite
    """,
    "es": "instrucción dada | instrucción reescrita | instrucción original",
    "pt": "instrução dada | instrução reescrita | instrução original",
    "it": "istruzione data | istruzione riscritta | istruzione originale",
    "nl": "gegeven instructie | herschreven instructie | oorspronkelijke instructie",
    "pl": "dana instrukcja | przepisana instrukcja | oryginalna instrukcja",
    "ru": "данная инструкция | переписанная инструкция | исходная инструкция",
    "ja": "与えられた指示 | 書き直した指示 | 元の指示",
    "zh": "给定的指令 | 改写后的指令 | 重写后的指令 | 原始指令",
}
"""What a meta-prompt calls its parts."""

ANNOUNCES: Table = {
    "en": """
        sure, here | sure! here | certainly! here | certainly, here | of course! here | here is the rewritten |
        here's the rewritten | here is a more complex | here's a more complex | here is a more demanding |
        here's a more demanding | here is a harder | here's a harder | here is the evolved | i have rewritten |
        i've rewritten | rewritten version:
    """,
    "de": """
        natürlich, hier | gerne, hier | hier ist die umgeschriebene | hier ist eine komplexere | hier ist
        die überarbeitete
    """,
    "fr": "bien sûr, voici | bien sûr ! voici | voici l'instruction réécrite | voici une version plus",
    "es": "claro, aquí | por supuesto, aquí | aquí está la instrucción | aquí tienes una versión más",
    "pt": "claro, aqui | aqui está a instrução | aqui está uma versão mais",
    "it": "certo, ecco | ecco l'istruzione riscritta | ecco una versione più",
    "nl": "natuurlijk, hier | hier is de herschreven | hier is een complexere",
    "pl": "oczywiście, oto | oto przepisana | oto bardziej złożona",
    "ru": "конечно, вот | вот переписанная | вот более сложная",
    "ja": "もちろん、以下* | 以下は書き直した* | こちらが書き直した*",
    "zh": "当然，以下是* | 以下是改写* | 以下是重写* | 这是改写*",
}
"""How a chat model introduces its result, which then stands inside the instruction."""
