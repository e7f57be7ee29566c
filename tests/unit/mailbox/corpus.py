"""Answers in French and English as six mail programs write them, and what is to be read of each.

Each is headers beside the text, the text, and what was written; `ASKED` stands for our own e-mail as it is quoted.
"""

from typing import NamedTuple

ASKED = """\
##- Répondez au-dessus de cette ligne -##

Agence Alliée a une question avant de répondre.

Écrit par Bertrand Noël, Agence Alliée :
> Combien de membres compte le pôle ?

- Pôle : Pôle des Trois Rivières

Ouvrir la demande
https://portail.exemple.test/demandes/2026-0147

--\x20
Vous recevez ce message parce que vous suivez cette demande pour votre pôle.
Portail d’appui PTCE – https://portail.exemple.test"""
ASKED_IN_ENGLISH = ASKED.replace("Répondez au-dessus de cette ligne", "Reply above this line")
SAID = "Bonjour,\n\nNous sommes douze, dont trois communes.\n\n- une ressourcerie\n- deux garages\n\nBien à vous,\nLise"
SAID_IN_ENGLISH = "Hello,\n\nWe are twelve, three towns among them.\n\nKind regards,\nLise"


def quoted(text: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


class Answer(NamedTuple):
    program: str
    kind: str  # of the text
    body: str
    said: str


_OUTLOOK_HEAD = "De : Portail d’appui PTCE <portail@exemple.test>\nEnvoyé : mercredi 4 mars 2026 10:30\nÀ : Lise Marchand\nObjet : Répondez avant jeudi – Partager trois ateliers\n"
_OUTLOOK_HEAD_EN = "From: PTCE support portal <portail@exemple.test>\nSent: Wednesday, March 4, 2026 10:30 AM\nTo: Lise Marchand\nSubject: Answer by Thursday\n"
_GMAIL_HTML = '<div dir="ltr">Bonjour,<div><br></div><div>Nous sommes douze &amp; demi.</div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Le mer. 4 mars 2026 à 10:30, Portail &lt;<a href="mailto:p@x.test">p@x.test</a>&gt; a écrit :<br></div><blockquote class="gmail_quote"><div>##- Répondez au-dessus de cette ligne -##</div><p>Une question</p></blockquote></div>'
_OUTLOOK_HTML = '<html><head><style>p {margin:0}</style></head><body><div><p>Bonjour,</p><p>Nous sommes douze.</p></div><div id="divRplyFwdMsg"><hr><p><b>De :</b> Portail &lt;p@x.test&gt;<br><b>Envoyé :</b> mercredi 4 mars 2026 10:30<br><b>À :</b> Lise<br><b>Objet :</b> Répondez</p></div><div>##- Répondez au-dessus de cette ligne -##</div><p>Une question</p></body></html>'

PLAIN = "text/plain"
CORPUS = (
    Answer(
        "Gmail",
        PLAIN,
        f"{SAID}\n\nLe mer. 4 mars 2026 à 10:30, Portail d’appui PTCE <\nportail+a12-abc@exemple.test> a écrit :\n\n{quoted(ASKED)}\n",
        SAID,
    ),
    Answer(
        "Gmail",
        PLAIN,
        f"{SAID_IN_ENGLISH}\n\nOn Wed, Mar 4, 2026 at 10:30 AM PTCE support portal <portail+a12-abc@exemple.test>\nwrote:\n\n{quoted(ASKED_IN_ENGLISH)}\n",
        SAID_IN_ENGLISH,
    ),
    Answer("Gmail", "text/html", _GMAIL_HTML, "Bonjour,\n\nNous sommes douze & demi."),
    Answer("Outlook", PLAIN, f"{SAID}\n\n________________________________\n{_OUTLOOK_HEAD}\n{ASKED}\n", SAID),
    Answer(
        "Outlook",
        PLAIN,
        f"{SAID_IN_ENGLISH}\n\n-----Original Message-----\n{_OUTLOOK_HEAD_EN}\n{ASKED_IN_ENGLISH}\n",
        SAID_IN_ENGLISH,
    ),
    Answer("Outlook", PLAIN, f"{SAID}\n\n{_OUTLOOK_HEAD}\n{ASKED}\n", SAID),
    Answer("Outlook", "text/html", _OUTLOOK_HTML, "Bonjour,\n\nNous sommes douze."),
    Answer(
        "Outlook for iOS",
        PLAIN,
        f"{SAID}\n\nTélécharger Outlook pour iOS<https://aka.ms/o0ukef>\n________________________________\n{_OUTLOOK_HEAD}\n{ASKED}\n",
        SAID,
    ),
    Answer(
        "Thunderbird, above",
        PLAIN,
        f"{SAID}\n\nLe 04/03/2026 à 10:30, Portail d’appui PTCE a écrit :\n{quoted(ASKED)}\n",
        SAID,
    ),
    Answer(
        "Thunderbird, below",
        PLAIN,
        f"Le 04/03/2026 à 10:30, Portail d’appui PTCE a écrit :\n{quoted(ASKED)}\n\n{SAID}\n\n-- \nLise Marchand\nPôle des Trois Rivières\n",
        SAID,
    ),
    Answer(
        "Thunderbird, between",
        PLAIN,
        "On 3/4/26 10:30, PTCE support portal wrote:\n> ##- Reply above this line -##\n> How many members?\nTwelve.\n> And towns?\n\nThree.\n> PTCE support portal\n",
        "Twelve.\n\nThree.",
    ),
    Answer(
        "Apple Mail",
        PLAIN,
        f"{SAID}\n\n> Le 4 mars 2026 à 10:30, Portail d’appui PTCE <portail@exemple.test> a écrit :\n>\n{quoted(ASKED)}\n",
        SAID,
    ),
    Answer(
        "iPhone",
        PLAIN,
        f"{SAID}\n\nEnvoyé de mon iPhone\n\n> Le 4 mars 2026 à 10:30, Portail d’appui PTCE <portail@exemple.test> a écrit :\n>\n> \ufeff\n{quoted(ASKED)}\n",
        SAID,
    ),
    Answer(
        "iPhone",
        PLAIN,
        f"{SAID_IN_ENGLISH}\n\nSent from my iPhone\n\n> On 4 Mar 2026, at 10:30, PTCE support portal <portail@exemple.test> wrote:\n>\n{quoted(ASKED_IN_ENGLISH)}\n",
        SAID_IN_ENGLISH,
    ),
    Answer(
        "Roundcube",
        PLAIN,
        f"{SAID}\n\n---\nLise Marchand\n\nLe 2026-03-04 10:30, Portail d’appui PTCE a écrit :\n{quoted(ASKED)}\n",
        SAID,
    ),
    Answer(
        "Zimbra",
        PLAIN,
        f'{SAID}\n\nDe: "Portail" <portail@exemple.test>\nÀ: "Lise" <lise@exemple.test>\nEnvoyé: Mercredi 4 Mars 2026 10:30:00\nObjet: Répondez\n\n{ASKED}\n',
        SAID,
    ),
    Answer("any, nothing quoted", PLAIN, f"{SAID}\n", SAID),
    Answer(
        "any, nothing said", PLAIN, f"\n\nLe 04/03/2026 à 10:30, Portail a écrit :\n{quoted(ASKED)}\n", ""
    ),
    Answer(
        "any, of days",
        PLAIN,
        "Le lundi nous sommes fermés.\nDe plus : le mardi aussi.\nOn verra.",
        "Le lundi nous sommes fermés.\nDe plus : le mardi aussi.\nOn verra.",
    ),
)
