"""Sentences that the simulated model adds to instructions, in eleven languages: data only.

``{topic}`` stands for a word of the instruction. ``before`` sentences open an instruction, all others
follow it. A language that is not listed gets the signs of ``NEUTRAL``, which need no language.
"""

from __future__ import annotations

from typing import TypeAlias

Additions: TypeAlias = dict[str, tuple[str, ...]]

OPERATIONS = ("constraints", "deepen", "concretise", "reasoning", "input")

ADDITIONS: dict[str, Additions] = {
    "en": {
        "constraints": (
            "Do it in at most 150 words and without technical terms.",
            "Name at least two alternatives and say why you reject them.",
            "Use no word twice in your closing sentence.",
            "Give your answer in exactly three numbered points.",
        ),
        "deepen": (
            "Explain as well what lies behind {topic}.",
            "Discuss one case in which the usual view of {topic} would mislead.",
            "Say also which assumption about {topic} matters most, and why.",
            "Close with the strongest objection to your own answer.",
        ),
        "concretise": (
            "Illustrate it with a case from the daily work of a nurse.",
            "Give a worked example that has to do with {topic}.",
            "Write it so that a new colleague in a small bakery can use it at once.",
        ),
        "reasoning": (
            "Show every step of your reasoning and say how the result can be checked.",
            "Compare two ways to the result and say which one is safer.",
            "State first what is known and what is asked, then work through it step by step.",
        ),
        "input": (
            "Set out the facts on {topic} in a small table before you begin.",
            "Put the quantities and names given here into a table first, then work from it.",
            "Return the result as a JSON object with the keys result and reason.",
        ),
        "breadth": (
            "Describe an uncommon problem that somebody who works with {topic} has to solve, and explain in "
            "four steps how they go about it.",
            "Draft a checklist by which a beginner can judge work on {topic}, with a reason for every entry.",
        ),
        "before": (
            "Imagine that you advise a town council of laypeople.",
            "Take the role of a patient examiner.",
        ),
    },
    "de": {
        "constraints": (
            "Verwende höchstens 150 Wörter und keine Fachbegriffe.",
            "Nenne mindestens zwei Alternativen und begründe, warum du sie verwirfst.",
            "Gib die Antwort in genau drei nummerierten Punkten.",
        ),
        "deepen": (
            "Erkläre auch, was hinter „{topic}“ steckt.",
            "Beschreibe einen Fall, in dem die übliche Sicht auf „{topic}“ in die Irre führt.",
            "Schließe mit dem stärksten Einwand gegen deine eigene Antwort.",
        ),
        "concretise": (
            "Veranschauliche es mit einem Fall aus dem Alltag einer Pflegerin.",
            "Gib ein durchgerechnetes Beispiel, das mit „{topic}“ zu tun hat.",
        ),
        "reasoning": (
            "Zeige jeden Schritt deiner Überlegung und sage, wie sich das Ergebnis prüfen lässt.",
            "Vergleiche zwei Wege zum Ergebnis und sage, welcher sicherer ist.",
        ),
        "input": ("Stelle die Angaben zuerst in einer kleinen Tabelle zusammen und arbeite dann damit.",),
        "breadth": (
            "Beschreibe ein seltenes Problem, das jemand lösen muss, der mit „{topic}“ arbeitet, und erkläre in "
            "vier Schritten, wie er vorgeht.",
        ),
        "before": ("Stell dir vor, du berätst einen Gemeinderat aus Laien.",),
    },
    "fr": {
        "constraints": (
            "N'emploie pas plus de 150 mots et aucun terme technique.",
            "Cite au moins deux autres possibilités et dis pourquoi tu les écartes.",
            "Donne la réponse en trois points numérotés exactement.",
        ),
        "deepen": (
            "Explique aussi ce qui se cache derrière « {topic} ».",
            "Termine par la meilleure objection à ta propre réponse.",
        ),
        "concretise": (
            "Illustre-le par un cas tiré du quotidien d'une infirmière.",
            "Donne un exemple complet qui touche à « {topic} ».",
        ),
        "reasoning": (
            "Montre chaque étape du raisonnement et dis comment vérifier le résultat.",
            "Compare deux chemins vers le résultat et dis lequel est le plus sûr.",
        ),
        "input": ("Range d'abord les données dans un petit tableau, puis travaille à partir de lui.",),
        "breadth": (
            "Décris un problème peu courant que doit résoudre une personne qui s'occupe de « {topic} », et explique "
            "en quatre étapes comment elle procède.",
        ),
        "before": ("Imagine que tu conseilles une assemblée de non-spécialistes.",),
    },
    "es": {
        "constraints": (
            "Usa como máximo 150 palabras y ningún término técnico.",
            "Nombra al menos dos alternativas y explica por qué las descartas.",
            "Da la respuesta en exactamente tres puntos numerados.",
        ),
        "deepen": (
            "Explica también qué hay detrás de «{topic}».",
            "Termina con la objeción más fuerte a tu propia respuesta.",
        ),
        "concretise": (
            "Ilústralo con un caso del trabajo diario de una enfermera.",
            "Da un ejemplo completo que tenga que ver con «{topic}».",
        ),
        "reasoning": (
            "Muestra cada paso del razonamiento y di cómo se puede comprobar el resultado.",
            "Compara dos caminos hacia el resultado y di cuál es más seguro.",
        ),
        "input": ("Ordena primero los datos en una tabla pequeña y trabaja después con ella.",),
        "breadth": (
            "Describe un problema poco común que debe resolver alguien que trabaja con «{topic}», y explica en cuatro "
            "pasos cómo lo hace.",
        ),
        "before": ("Imagina que aconsejas a un ayuntamiento de personas legas.",),
    },
    "it": {
        "constraints": ("Usa al massimo 150 parole e nessun termine tecnico.",),
        "deepen": ("Concludi con l'obiezione più forte alla tua stessa risposta.",),
        "reasoning": ("Mostra ogni passo del ragionamento e spiega come verificare il risultato.",),
    },
    "pt": {
        "constraints": ("Use no máximo 150 palavras e nenhum termo técnico.",),
        "deepen": ("Termine com a objeção mais forte à sua própria resposta.",),
        "reasoning": ("Mostre cada passo do raciocínio e diga como verificar o resultado.",),
    },
    "nl": {
        "constraints": ("Gebruik hoogstens 150 woorden en geen vaktermen.",),
        "deepen": ("Sluit af met het sterkste bezwaar tegen je eigen antwoord.",),
        "reasoning": ("Laat elke stap van de redenering zien en zeg hoe het resultaat te controleren is.",),
    },
    "pl": {
        "constraints": ("Użyj najwyżej 150 słów i żadnych terminów fachowych.",),
        "deepen": ("Zakończ najmocniejszym zarzutem wobec własnej odpowiedzi.",),
        "reasoning": ("Pokaż każdy krok rozumowania i powiedz, jak sprawdzić wynik.",),
    },
    "ru": {
        "constraints": ("Используй не более 150 слов и никаких специальных терминов.",),
        "deepen": ("В конце приведи самое сильное возражение против собственного ответа.",),
        "reasoning": ("Покажи каждый шаг рассуждения и скажи, как проверить результат.",),
    },
    "ja": {
        "constraints": ("専門用語を使わず、百五十字以内で書いてください。",),
        "deepen": ("最後に、自分の答えに対する最も強い反論を述べてください。",),
        "reasoning": ("考え方を一歩ずつ示し、結果の確かめ方も説明してください。",),
    },
    "zh": {
        "constraints": ("不超过一百五十字，并且不使用专业术语。",),
        "deepen": ("最后请提出对自己答案最有力的反驳。",),
        "reasoning": ("请逐步展示推理过程，并说明如何检验结果。",),
    },
}

NEUTRAL: Additions = {"constraints": ("(1) … (2) … (3) …",), "reasoning": ("[A] → [B] → [C]; A ≠ B, B ≠ C.",)}

STATEMENTS: dict[str, tuple[str, ...]] = {
    "en": (
        "These are my thoughts for today, which need no further work:",
        "Here is some background that I noted down:",
    ),
    "de": (
        "Das sind meine Gedanken für heute, es ist nichts weiter zu tun:",
        "Hier etwas Hintergrund, den ich notiert habe:",
    ),
    "fr": ("Voici mes réflexions du jour, il n'y a rien d'autre à faire :",),
    "es": ("Estas son mis ideas de hoy, no hay nada más que hacer:",),
}
"""Openings that leave no task: what follows is only told."""

VAGUE: dict[str, tuple[str, ...]] = {
    "en": (
        "Can you help me with something more advanced about {topic}",
        "Could you take {topic} to a higher level for me",
    ),
    "de": ("Kannst du mir bei etwas Anspruchsvollerem zu „{topic}“ helfen",),
    "fr": ("Peux-tu m'aider avec quelque chose de plus avancé sur « {topic} »",),
    "es": ("¿Puedes ayudarme con algo más avanzado sobre «{topic}»",),
}
"""Requests that do not say what to do."""

DANGLING: dict[str, tuple[str, ...]] = {
    "en": ("Work with the material mentioned before.", "Use the figures mentioned before for it."),
    "de": ("Arbeite mit den zuvor genannten Angaben.",),
    "fr": ("Travaille avec les données mentionnées auparavant.",),
    "es": ("Trabaja con los datos mencionados antes.",),
    "it": ("Lavora con i dati menzionati prima.",),
    "pt": ("Trabalhe com os dados mencionados antes.",),
    "nl": ("Werk met de eerder genoemde gegevens.",),
    "pl": ("Pracuj na danych wspomnianych wcześniej.",),
    "ru": ("Работай с данными, упомянутыми ранее.",),
    "ja": ("先ほど述べた資料を使ってください。",),
    "zh": ("请使用之前提到的资料。",),
}
"""References to what is no longer there."""

CONTRADICTIONS: dict[str, tuple[str, ...]] = {
    "en": ("Answer in fewer than five words, and cover all ten aspects in full paragraphs.",),
    "de": ("Antworte mit weniger als fünf Wörtern und behandle alle zehn Seiten in ganzen Absätzen.",),
    "fr": ("Réponds en moins de cinq mots et traite les dix aspects en paragraphes complets.",),
    "es": ("Responde en menos de cinco palabras y trata los diez aspectos en párrafos completos.",),
}
"""Demands that nobody can meet together."""
