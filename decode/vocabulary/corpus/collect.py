#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0

"""Collects the text that words are counted from: python3 collect.py FOLDER

It takes the translations and the help of LibreOffice and the translations of Firefox and Thunderbird (all MPL-2.0), a
novel or tale a language that is free of copyright, and two lists of everyday words (both MIT); README.md names the
packages. A part of the sentences is left out of the counting and written to FOLDER/heldout: prose that false readings are
counted in.
"""

import glob
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "language", "corpus"))

import collect  # noqa: E402

# language: LibreOffice's translation, its help, Mozilla's translation, the list of Faker, the tale of php-faker
LANGUAGES = {
    "en": ("de", "en-us", "en-gb", "en_US", "en_US"),
    "fr": ("fr", "fr", "fr", "fr_FR", "fr_FR"),
    "de": ("de", "de", "de", "de_DE", "de_DE"),
    "es": ("es", "es", "es-es", "es_ES", "es_ES"),
    "ru": ("ru", "ru", "ru", "ru_RU", "ru_RU"),
    "ar": ("ar", None, "ar", "ar_AA", "ar_SA"),
}
FAKER, STOPWORDS = "faker==40.63.0", "stopwords-iso@1.1.0"
SAMPLE = 60_000  # bytes of prose of a language and kind, at most


def mozilla_lines(folder):
    """What a translation of Mozilla's says: the values of its Fluent, properties and DTD files."""
    for name in sorted(glob.glob(f"{folder}/usr/lib/**/*.xpi", recursive=True)):
        pack = zipfile.ZipFile(name)
        for entry in sorted(pack.namelist()):
            if not entry.endswith((".ftl", ".properties", ".dtd")):
                continue
            for line in pack.read(entry).decode("utf-8", "replace").splitlines():
                value = re.match(r'<!ENTITY\s+\S+\s+"([^"]*)', line) or re.match(r"[^#=]*=\s*(.*)", line) or re.match(r"    (\w.*)", line)
                if value and not line.startswith("#"):
                    yield re.sub(r"\{[^}]*\}|%\d*\$?S|&\w+;|<[^>]*>|#\d", " ", value[1])


def tale_lines(folder, locale):
    """The sentences of a tale, without what is told of its edition."""
    with open(f"{folder}/usr/share/php/Faker/Provider/{locale}/Text.php", encoding="utf-8", errors="ignore") as file:
        text = re.search(r"<<<'?(\w+)'?\n(.*?)\n\1;", file.read(), re.S)[2]
    yield from re.split(r"(?<=[.!?؟…])\s+", " ".join(text.split()))


def halves(lines, language, one_in):
    """Splits sentences: most are counted, one in some is held out, in an order that depends on nothing else."""
    counted, prose, left = [], [], SAMPLE
    for text in collect.kept(lines, language):
        if hashlib.sha256(("held out " + text).encode()).digest()[0] % one_in:
            counted.append(text)
        elif (left := left - len(text.encode()) - 1) >= 0:
            prose.append(text)
    return counted, prose


def write(folder, name, lines):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in lines)


def everyday(folder, faker, language):
    """The words of both lists."""
    [wheel] = glob.glob(f"{folder}/faker-*.whl")
    source = zipfile.ZipFile(wheel).read(f"faker/providers/lorem/{faker}/__init__.py").decode()
    listed = re.findall(r"""^        ["']([^"']+)["'],?$""", source.split("word_list", 1)[1].split("parts_of_speech")[0], re.M)
    [package] = glob.glob(f"{folder}/stopwords-iso-*.tgz")
    stop = json.load(io.BytesIO(tarfile.open(package).extractfile("package/stopwords-iso.json").read()))
    return sorted({word for text in listed + stop[language] for word in text.split()})


def main(folder):
    collect.BUDGET = 20_000_000
    packages, lists = os.path.join(folder, "packages"), os.path.join(folder, "lists")
    for name in ("heldout", "lists"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    if not glob.glob(lists + "/*.whl"):
        subprocess.run(["pip", "download", "-q", "--no-deps", "-d", lists, FAKER], check=True)
        subprocess.run(["npm", "pack", "--silent", STOPWORDS], cwd=lists, check=True)
    for language, (translation, manual, mozilla, faker, tale) in LANGUAGES.items():
        lines = list(collect.mo_lines(collect.unpacked("libreoffice-l10n-" + translation, packages), language == "en"))
        if manual:
            lines += collect.help_lines(collect.unpacked("libreoffice-help-" + manual, packages))
        for program in ("firefox-esr", "thunderbird"):
            lines += mozilla_lines(collect.unpacked(f"{program}-l10n-{mozilla}", packages))
        manuals, told_manuals = halves(lines, language, 20)
        tales, told_tales = halves(tale_lines(collect.unpacked("php-faker", packages), tale), language, 4)
        write(folder, language + ".txt", manuals + tales)
        write(folder, language + ".everyday.txt", everyday(lists, faker, language))
        write(folder, f"heldout/{language}.txt", told_manuals)
        write(folder, f"heldout/{language}.tale.txt", told_tales)
        print(language, len(manuals), "and", len(tales), "sentences", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
