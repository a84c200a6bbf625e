#!/usr/bin/env python3
"""Every mail of the generated corpus (mail_corpus.py) is read by `kairan read` as it was meant: what is new, who wrote it.

Runs of blank lines count as one: where a quote stood between two answers, nobody can say how many there were.
"""
import concurrent.futures
import json
import os
import re
import subprocess

import mail_corpus
from kairan_test import BUILD, Tap

LEAST = 150


def read(mail):
    done = subprocess.run([os.path.join(BUILD, "kairan"), "read"], input=mail, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return json.loads(done.stdout) if done.returncode == 0 else {"error": done.stderr.decode()}


def squeeze(value):
    return re.sub(r"\n\s*\n+", "\n", value) if isinstance(value, str) else value


def main():
    tap = Tap()
    corpus = list(mail_corpus.mails())
    tap.ok(len(corpus) >= LEAST, f"the corpus has at least {LEAST} mails", len(corpus))
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        for (name, _, wanted), found in zip(corpus, pool.map(lambda entry: read(entry[1]), corpus)):
            tap.equal({key: squeeze(found.get(key)) for key in wanted}, {key: squeeze(value) for key, value in wanted.items()}, name)
    tap.done()


main()
