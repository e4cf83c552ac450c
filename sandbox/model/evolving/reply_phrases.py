"""What the simulated model answers to evolved instructions, good and bad, by language: data only."""

from __future__ import annotations

ACKNOWLEDGES: dict[str, tuple[str, ...]] = {
    "en": (
        "Understood. Is there anything else that I should do with these notes?",
        "Thank you for sharing this. What would you like to do next?",
        "Thank you for the background. Shall I keep it in mind for later?",
    ),
    "de": (
        "Verstanden. Soll ich damit noch etwas tun?",
        "Vielen Dank für die Hinweise. Womit soll ich beginnen?",
    ),
    "fr": ("Compris. Souhaitez-vous autre chose ?", "Merci pour ces précisions. Que faut-il en faire ?"),
    "es": ("Entendido. ¿Hay algo más que deba hacer?", "Gracias por la información. ¿Qué hago con ella?"),
}

OFFERS: dict[str, tuple[str, ...]] = {
    "en": (
        "Sure, I can help with that. Which part would you like to look at, and for whom?",
        "Sure! What exactly should the result look like?",
    ),
    "de": ("Gerne! Worum genau soll es gehen?", "Natürlich. Was soll am Ende herauskommen?"),
    "fr": ("Bien sûr ! De quoi s'agit-il exactement ?",),
    "es": ("Claro, ¿de qué se trata exactamente?",),
}

ASKS: dict[str, tuple[str, ...]] = {
    "en": (
        "I would like to work on this, but the material is not here. Please provide the details that it refers to.",
        "To carry this out, please provide the figures and the text that you mention.",
    ),
    "de": ("Die Angaben fehlen. Bitte geben Sie mir den Text und die Zahlen, um die es geht.",),
    "fr": ("Les données manquent. Veuillez fournir le texte et les chiffres dont il s'agit.",),
    "es": ("Faltan los datos. Por favor, proporciona el texto y las cifras a los que te refieres.",),
    "it": ("Mancano i dati. Per favore, fornisci il testo e le cifre.",),
    "pt": ("Faltam os dados. Por favor, forneça o texto e os números.",),
    "nl": ("De gegevens ontbreken. Ik heb meer informatie nodig.",),
    "pl": ("Brakuje danych. Proszę podać tekst i liczby.",),
    "ru": ("Данных нет. Пожалуйста, предоставьте текст и числа.",),
    "ja": ("資料がありません。本文と数値を提供してください。",),
    "zh": ("缺少资料。请提供相关的文本和数字。",),
}

IMPOSSIBLE: dict[str, tuple[str, ...]] = {
    "en": ("I'm sorry, but it is not possible to do both: the two demands exclude each other.",),
    "de": ("Es ist nicht möglich, beides zu erfüllen: die Vorgaben schließen einander aus.",),
    "fr": ("Il n'est pas possible de faire les deux : les consignes s'excluent.",),
    "es": ("No es posible cumplir ambas cosas: los requisitos se excluyen.",),
}

WORKED: dict[str, tuple[str, ...]] = {
    "en": (
        "Three points matter here. First, {topic} sets the frame. Second, what follows from it has to be weighed "
        "against the alternatives. Third, the result can be checked by going back from the end to {given}.",
        "I start from {given}. For {topic} this means going one step at a time and writing down what each step "
        "adds. The outcome holds as long as the first assumption does.",
        "The short answer depends on {topic}. Taking {given} as the starting point, the first way is direct and the "
        "second is safer; I would choose the second because every step of it can be checked.",
    ),
    "de": (
        "Drei Punkte sind wichtig. Erstens gibt „{topic}“ den Rahmen vor. Zweitens ist abzuwägen, was daraus folgt. "
        "Drittens lässt sich das Ergebnis prüfen, indem man vom Ende zu {given} zurückgeht.",
    ),
    "fr": (
        "Trois points comptent. D'abord, « {topic} » fixe le cadre. Ensuite, il faut peser ce qui en découle. Enfin, "
        "le résultat se vérifie en revenant de la fin vers {given}.",
    ),
    "es": (
        "Importan tres puntos. Primero, «{topic}» fija el marco. Segundo, hay que sopesar lo que se sigue de ello. "
        "Tercero, el resultado se comprueba volviendo del final a {given}.",
    ),
}
"""A worked answer: ``{topic}`` is a word of the instruction, ``{given}`` something it gives."""

GIVEN: dict[str, str] = {"en": "what is given", "de": "den Angaben", "fr": "les données", "es": "los datos"}
