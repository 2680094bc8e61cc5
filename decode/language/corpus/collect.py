#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0

"""Collects the text that the model is counted from: python3 collect.py FOLDER [LANGUAGE…]

It downloads the packages below with apt-get, takes the translated sentences out of them, and writes a file a
language into FOLDER, one sentence a line. Whatever names a person, a place to write to or a year is left out
with its whole sentence. README.md says what the packages are and under which licences.
"""

import glob
import gzip
import hashlib
import html
import os
import re
import struct
import subprocess
import sys
import unicodedata

BUDGET = 500_000  # letters of a language and source

# language: man pages, folder below man, LibreOffice's translation, its help, the tales of Wesnoth
SOURCES = {
    "en": ("manpages", "", None, "en-us", "en"),
    "fr": ("manpages-fr", "fr", "fr", "fr", "fr"),
    "de": ("manpages-de", "de", "de", "de", "de"),
    "es": ("manpages-es", "es", "es", "es", "es"),
    "it": ("manpages-it", "it", "it", "it", "it"),
    "pt": ("manpages-pt-br", "pt_BR", "pt", "pt", "pt"),
    "nl": ("manpages-nl", "nl", "nl", "nl", "nl"),
    "pl": ("manpages-pl", "pl", "pl", "pl", "pl"),
    "sv": ("manpages-sv", "sv", "sv", "sv", "sv"),
    "da": ("manpages-da", "da", "da", "da", "da"),
    "nb": ("manpages-nb", "nb", "nb", None, "nb_NO"),
    "fi": ("manpages-fi", "fi", "fi", "fi", "fi"),
    "cs": ("manpages-cs", "cs", "cs", "cs", "cs"),
    "hu": ("manpages-hu", "hu", "hu", "hu", "hu"),
    "ro": ("manpages-ro", "ro", "ro", None, "ro"),
    "tr": ("manpages-tr", "tr", "tr", "tr", "tr"),
    "ru": ("manpages-ru", "ru", "ru", "ru", "ru"),
    "uk": ("manpages-uk", "uk", "uk", None, "uk"),
    "ar": (None, None, "ar", None, "ar"),
    "fa": (None, None, "fa", None, None),
    # Neighbours, which would be taken for Dutch, Czech and Russian.
    "af": (None, None, "af", None, "af"),
    "sk": (None, None, "sk", "sk", "sk"),
    "bg": (None, None, "bg", None, "bg"),
    "sr": ("manpages-sr", "sr", "sr", None, "sr"),
}

PERSONAL = re.compile(r"@|©|\(c\)|https?:|www\.|copyright|\b(?:19|20)\d\d\b", re.I)
ENGLISH = {"the", "of", "and", "this", "with", "that", "are", "which"}


def unpacked(package, folder):
    """Downloads and unpacks a package, once."""
    to = os.path.join(folder, package)
    if not os.path.isdir(to):
        debs = os.path.join(folder, "debs")
        os.makedirs(debs, exist_ok=True)
        if not glob.glob(f"{glob.escape(debs)}/{package}_*.deb"):
            subprocess.run(["apt-get", "download", "-qq", package], cwd=debs, check=True, stderr=subprocess.DEVNULL)
        subprocess.run(["dpkg-deb", "-x", glob.glob(f"{glob.escape(debs)}/{package}_*.deb")[0], to], check=True)
    return to


def plain(roff):
    """A line of a man page without its marks."""
    roff = re.sub(r"\\f(?:\[[^]]*\]|\(..|.)", "", roff)
    roff = re.sub(r"\\\[u([0-9A-Fa-f]{4,5})\]", lambda m: chr(int(m[1], 16)), roff)
    roff = re.sub(r"\\(?:\[[^]]*\]|\(..|s[-+]?\d|\*.)", " ", roff)
    return re.sub(r"\\(.)", lambda m: "-" if m[1] == "-" else "" if m[1] in "&|^/,c" else " ", roff)


def man_lines(folder, language):
    for name in sorted(glob.glob(f"{folder}/usr/share/man/{language}/man*/*.gz" if language else
                                 f"{folder}/usr/share/man/man*/*.gz")):
        with gzip.open(name, errors="replace", mode="rt", encoding="utf-8") as page:
            paragraph, literal = [], False
            for line in page:
                line = line.rstrip("\n")
                if re.match(r"[.'](?:nf|EX|TS)\b", line):
                    literal = True
                elif re.match(r"[.'](?:fi|EE|TE)\b", line):
                    literal = False
                elif line.startswith((".", "'")):
                    if re.match(r"\.(?:PP|P|LP|TP|IP|SH|SS|HP|RS|RE)\b", line):
                        yield " ".join(paragraph)
                        paragraph = []
                elif not literal:
                    paragraph.append(plain(line))
            yield " ".join(paragraph)


def mo_lines(folder, wanted_original=False):
    """Translations, or what they were translated from."""
    for name in sorted(glob.glob(f"{folder}/**/*.mo", recursive=True)):
        with open(name, "rb") as file:
            data = file.read()
        order = "<" if data[:4] == b"\xde\x12\x04\x95" else ">"
        count, originals, translations = struct.unpack_from(order + "4x4xIII", data, 0)
        for i in range(count):
            length, at = struct.unpack_from(order + "II", data, originals + 8 * i)
            original = data[at:at + length].split(b"\x04")[-1]
            length, at = struct.unpack_from(order + "II", data, translations + 8 * i)
            for text in data[at:at + length].split(b"\x00"):
                if wanted_original:
                    text = original
                if original and (wanted_original or text != original):
                    text = text.decode("utf-8", "replace").replace("~", "").replace("_", "")
                    yield re.sub(r"%[A-Za-z_()$0-9]*%?|\$\([^)]*\)|<[^>]*>|&\w+;", " ", text)


def help_lines(folder):
    for name in sorted(glob.glob(f"{folder}/usr/share/libreoffice/help/*/text/**/*.html", recursive=True)):
        with open(name, encoding="utf-8", errors="replace") as file:
            for text in re.findall(r'<p id="par[^>]*>(.*?)</p>', file.read(), re.S):
                text = re.sub(r"<(?:code|span class=\"(?:input|literal|keycode))[^>]*>.*?</[^>]*>", " ", text)
                yield html.unescape(re.sub(r"<[^>]*>", " ", text))


def kept(lines, language):
    """Sentences, without what is no language or names somebody, in an order that depends on nothing else."""
    seen = set()
    for line in lines:
        if PERSONAL.search(line):
            continue
        line = unicodedata.normalize("NFC", " ".join(line.split()))
        words = [w for w in line.split() if not re.search(r"[\d/_=<>|\\{}\[\]$%*+~^`]|--|.\.\w|[a-z][A-Z]", w)]
        letters = sum(c.isalpha() for w in words for c in w)
        if len(words) < 4 or letters < 15 or letters < 0.6 * len(line):
            continue
        if language != "en" and sum(w.lower() in ENGLISH for w in words) >= 2:
            continue
        seen.add(" ".join(words))
    ordered = sorted(seen, key=lambda text: hashlib.sha256(text.encode()).digest())
    left = BUDGET
    for text in ordered:
        left -= len(text)
        if left < 0:
            return
        yield text


def main(folder, *wanted):
    packages = os.path.join(folder, "packages")
    for language, (pages, below, translation, manual, tales) in SOURCES.items():
        if wanted and language not in wanted:
            continue
        texts = []
        if pages:
            texts += kept(man_lines(unpacked(pages, packages), below), language)
        if translation:
            texts += kept(mo_lines(unpacked("libreoffice-l10n-" + translation, packages)), language)
        if manual:
            texts += kept(help_lines(unpacked("libreoffice-help-" + manual, packages)), language)
        if tales:
            locale = unpacked("wesnoth-1.16-data", packages) + "/usr/share/games/wesnoth/1.16/locale/"
            texts += kept(mo_lines(locale + ("de" if tales == "en" else tales), tales == "en"), language)
        with open(os.path.join(folder, language + ".txt"), "w", encoding="utf-8") as out:
            out.writelines(text + "\n" for text in texts)
        print(language, len(texts), "sentences,", sum(map(len, texts)), "characters", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
