"""Answers as common mail programs send them, each with what its writer wrote."""

from __future__ import annotations

GMAIL = (
    """\
MIME-Version: 1.0
Message-ID: <CAF=one@mail.gmail.com>
Subject: Re: A message about Tamales
From: Hana Ito <{sender}>
To: Global Fest <{to}>
Content-Type: multipart/alternative; boundary="000"

--000
Content-Type: text/plain; charset="UTF-8"
Content-Transfer-Encoding: quoted-printable

Two tents, please =E2=80=93 and one table.

Thank you

On Wed, Jun 3, 2026 at 10:12=E2=80=AFAM City of Aurora, Office of Festivals <
tickets@fest.example.org> wrote:

> ~~~ To answer, write above this line ~~~
>
> How many tents?

--000
Content-Type: text/html; charset="UTF-8"

<div dir="ltr">Two tents</div>
--000--
""",
    "Two tents, please – and one table.\n\nThank you",
)

GMAIL_SPANISH_BELOW = (
    """\
Message-ID: <two@mail.gmail.com>
From: {sender}
To: {to}
Content-Type: text/plain; charset="UTF-8"; format=flowed

El mié, 3 jun 2026 a las 10:12, Ciudad (<tickets@fest.example.org>) escribió:

> ~~~ Para responder, escriba encima de esta línea ~~~
> How many tents?

Dos carpas, una de ellas \n\
blanca.
-- \n\
Hana
""",
    "Dos carpas, una de ellas blanca.",
)

APPLE_PHONE = (
    """\
Content-Type: multipart/mixed; boundary=Apple-Mail-1
Message-Id: <three@icloud.com>
From: Hana <{sender}>
To: {to}

--Apple-Mail-1
Content-Type: text/plain; charset=us-ascii

Here is our tent.

--Apple-Mail-1
Content-Type: image/jpeg; name=IMG_1.jpeg
Content-Disposition: inline; filename=IMG_1.jpeg
Content-Transfer-Encoding: base64

/9j/4AAQSkZJRg==
--Apple-Mail-1
Content-Type: text/plain; charset=us-ascii

Sent from my iPhone

> On Jun 3, 2026, at 10:12, City <tickets@fest.example.org> wrote:
>
> How many tents?
--Apple-Mail-1--
""",
    "Here is our tent.",
)

OUTLOOK_HTML = (
    """\
From: "Ito, Hana" <{sender}>
To: {to}
Message-ID: <four@outlook.com>
Content-Type: text/html; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

<html><head><style>p {{ margin: 0 }}</style></head><body><div>Two tents, O=92Brien &amp; I.</div>
<div><br></div><div>Jos=E9</div>
<div id=3D"appendonsend"></div><hr>
<div id=3D"divRplyFwdMsg"><b>From:</b> City<br><b>Sent:</b> Wednesday<br></div>
<p>~~~ To answer, write above this line ~~~</p><p>How many tents?</p></body></html>
""",
    "Two tents, O\u2019Brien & I.\n\nJosé",
)

OUTLOOK_PLAIN = (
    """\
From: {sender}
To: {to}
Message-ID: <five@outlook.com>
Content-Type: text/plain; charset="utf-8"

Zwei Zelte.

Von: Stadt <tickets@fest.example.org>
Gesendet: Mittwoch, 3. Juni 2026 10:12
An: Hana <hana@example.org>
Betreff: A message

~~~ To answer, write above this line ~~~
How many tents?
""",
    "Zwei Zelte.",
)

THUNDERBIRD_BETWEEN = (
    """\
From: {sender}
To: {to}
Message-ID: <six@example.org>
Content-Type: text/plain; charset=UTF-8

On 6/3/26 10:12, City wrote:
> How many tents?
Two.
> How many tables?
One: a large one.
""",
    "Two.\n\nOne: a large one.",
)

YAHOO = (
    """\
From: {sender}
To: {to}
Message-ID: <seven@mail.yahoo.com>
Content-Type: text/plain; charset=UTF-8

 Two tents.
    On Wednesday, June 3, 2026 at 10:12:00 AM MDT, City <tickets@fest.example.org> wrote:  \n\
 \n\
 ~~~ To answer, write above this line ~~~
How many tents?
""",
    "Two tents.",
)

JAPANESE = (
    """\
From: {sender}
To: {to}
Message-ID: <eight@mail.gmail.com>
Content-Type: text/plain; charset="iso-2022-jp"
Content-Transfer-Encoding: base64

{iso_2022_jp}
""",
    "テントは2つです。",
)

ARABIC = (
    """\
From: {sender}
To: {to}
Message-ID: <nine@mail.gmail.com>
Content-Type: text/plain; charset="UTF-8"

خيمتان من فضلكم.

في الأربعاء، 3 يونيو 2026 في 10:12 ص تمت كتابة ما يلي بواسطة City <\u200etickets@fest.example.org\u200f>:\u200f

> كم خيمة؟
""",
    "خيمتان من فضلكم.",
)

EVERY = {
    "gmail": GMAIL, "gmail-below": GMAIL_SPANISH_BELOW, "apple": APPLE_PHONE, "outlook-html": OUTLOOK_HTML,
    "outlook-plain": OUTLOOK_PLAIN, "thunderbird": THUNDERBIRD_BETWEEN, "yahoo": YAHOO, "japanese": JAPANESE,
    "arabic": ARABIC,
}  # fmt: skip


def raw_mail(name: str, sender: str, to: str) -> bytes:
    """The mail of `EVERY` by that name, from `sender` to the address `to`."""
    import base64

    japanese = "テントは2つです。\n\n2026年6月3日(水) 10:12 City <tickets@fest.example.org>:\n\n> いくつ?\n"
    encoded = base64.b64encode(japanese.encode("iso-2022-jp")).decode()
    text = EVERY[name][0].format(sender=sender, to=to, iso_2022_jp=encoded)
    return text.encode()
