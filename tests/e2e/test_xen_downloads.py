#!/usr/bin/env python3
"""Updates fetched beforehand: gone on with, slowly, judged before they are believed, told in the morning."""
import glob
import hashlib
import os
import time

from kairan_test import Tap, text_of
from update_site import CHANCE, Site, make_zip
from xen_test import Center, sim_pool, xapi

tap = Tap()
site = Site()
server = xapi.Server(sim_pool.Pool("6.5", vms=1), "old")
center = Center(server, now="2026-01-01T02:00:00+09:00")
NAMES = [f"XS65E{number:03d}" for number in range(1, 10)]


def uuid_of(name):
    return f"00000000-0000-0000-0000-{int(name[-3:]):012d}"


def publish(names, sizes=True, more=""):
    """A catalogue that lists the named updates, each at the site."""
    patches = ""
    for name in names:
        size = f' download-size="{len(site.files["/" + name])}"' if sizes else ""
        patches += (f'<patch uuid="{uuid_of(name)}" name-label="{name}" name-description="" after-apply-guidance="restartHost" '
                    f'url="https://kb.example.org/{name}" patch-url="{site.address}/{name}" timestamp="2025-12-01T00:00:00Z"{size}/>')
    listed = "".join(f'<patch uuid="{uuid_of(name)}"/>' for name in names)
    catalogue = center.write("catalogue.xml", '<?xml version="1.0"?><patchdata><serverversions><version value="6.5.0" name="6.5" '
                             f'build-number="90233c">{listed}</version></serverversions><patches>{patches}</patches></patchdata>')
    center.configure(settings=f"[updates]\ncatalogue = {catalogue}\nfolder = ../updates\n{more}")


def night():
    """One night; the morning's mail."""
    center.run("nightly", "updates")
    center.run("post")
    mails = [mail for mail in center.mails() if "center:" in str(mail["Subject"])]
    for path in glob.glob(os.path.join(center.folder, "out", "new", "*")):
        os.unlink(path)
    center.now = center.now[:8] + f"{int(center.now[8:10]) + 1:02d}" + center.now[10:]
    return text_of(mails[-1])


def files():
    return sorted(os.path.basename(path) for path in glob.glob(os.path.join(center.folder, "updates", "*")))


def path_of(name, end=".zip"):
    return os.path.join(center.folder, "updates", uuid_of(name) + end)


# whole ones, and once

for name in NAMES:
    site.files["/" + name] = make_zip(f"{name}.xsupdate")
publish(NAMES[:2])
center.xen("updates")
tap.equal(site.asked, [], "a look by hand downloads nothing")
text = night()
tap.equal(files(), sorted(uuid_of(name) + end for name in NAMES[:2] for end in (".zip", ".zip.sha256")), "what is missing is fetched")
tap.contains(text, "事前取得: 2 件がそろっています(今夜 2 件", "and told")
with open(path_of(NAMES[0]), "rb") as file:
    digest = hashlib.sha256(file.read()).hexdigest()
with open(path_of(NAMES[0], ".zip.sha256"), encoding="ascii") as file:
    tap.equal(file.read(), f"{digest}  {uuid_of(NAMES[0])}.zip\n", "with a checksum that sha256sum takes")
asked = len(site.asked)
night()
tap.equal(len(site.asked), asked, "once")

# gone on with

publish(NAMES[:3])
site.odd["/" + NAMES[2]] = "cut"
text = night()
tap.contains(text, f"{NAMES[2]} を取得できませんでした。次の夜に続きから取得します", "a connection that broke is told")
half = os.path.getsize(path_of(NAMES[2], ".zip.part"))
tap.equal(half, len(site.files["/" + NAMES[2]]) // 2, "what came stays")
del site.odd["/" + NAMES[2]]
night()
tap.equal(site.asked[-1], ("/" + NAMES[2], f"bytes={half}-"), "and is gone on with")
with open(path_of(NAMES[2]), "rb") as file:
    tap.ok(file.read() == site.files["/" + NAMES[2]], "to the same bytes")
publish(NAMES[:4])
site.odd["/" + NAMES[3]] = "no-range"
center.write("updates/" + uuid_of(NAMES[3]) + ".zip.part", "PK\x03\x04 of another day")
night()
with open(path_of(NAMES[3]), "rb") as file:
    tap.ok(file.read() == site.files["/" + NAMES[3]], "a site that cannot go on gives it anew")

# what is no update

good = make_zip("XS65E005.xsupdate")
place = good.index(b"XS65E005.xsupdate") + 100
damaged = good[:place] + bytes([good[place] ^ 1]) + good[place + 1:]
for kind, body, odd, sizes in (("a login page", good, "login", True), ("a way to a login page", good, "redirect", True),
                               ("a bit that flipped", damaged, None, True), ("an archive without an update", make_zip("x.txt"), None, True),
                               ("half an archive", good[:len(good) // 2], None, False),
                               ("an image that is none", make_zip("XS65E005.iso", b"x" * 40000), None, True),
                               ("nothing", b"", None, False)):
    name = NAMES[4]
    site.files["/" + name], site.odd["/" + name] = body, odd
    site.files["/login"], site.odd["/login"] = good, "login"
    publish([name], sizes)
    text = night()
    tap.ok(f"{name} は自動では取得できません。手動で取得してください: https://kb.example.org/{name}" in text and
           not os.path.exists(path_of(name)) and not os.path.exists(path_of(name, ".zip.part")),
           f"{kind} is no update, and a person is asked", text)
publish([NAMES[4]])
text = open(os.path.join(center.folder, "catalogue.xml"), encoding="utf-8").read()
center.write("catalogue.xml", text.replace('download-size="0"', 'download-size="4711"'))
site.files["/" + NAMES[4]] = good
tap.contains(night(), "手動で取得してください", "another size than the catalogue's is no update")
image = make_zip("XS71E001.iso", b"\0" * 0x8001 + b"CD001" + b"\0" * 5000)
site.files["/" + NAMES[4]] = image
site.odd.clear()
publish([NAMES[4]])
night()
tap.ok(os.path.exists(path_of(NAMES[4])), "an image of a disc is one")

# a catalogue does not choose where files go

publish([NAMES[5]])
text = open(os.path.join(center.folder, "catalogue.xml"), encoding="utf-8").read()
center.write("catalogue.xml", text.replace(uuid_of(NAMES[5]), "../../../evil"))
night()
tap.ok(not any("evil" in path for path in glob.glob(os.path.join(center.folder, "**"), recursive=True)), "no path comes from a catalogue")

# slowly, and not too much a night

site.files["/" + NAMES[6]] = make_zip(f"{NAMES[6]}.xsupdate", CHANCE.randbytes(4000000))
publish([NAMES[6]], more="download_rate = 1500\n")
started = time.monotonic()
night()
tap.ok(os.path.exists(path_of(NAMES[6])) and time.monotonic() - started > 1.2, "a rate is kept")
for name in NAMES[7:]:
    site.files["/" + name] = make_zip(f"{name}.xsupdate", CHANCE.randbytes(1100000))
publish(NAMES[7:], more="night_megabytes = 1\n")
text = night()
tap.contains(text, "残り 1 件は次の夜に取得します", "what is too much for one night")
tap.contains(night(), "事前取得: 2 件がそろっています(今夜 1 件", "comes the next")

# what no host lacks any more goes, in time

center.now = "2026-02-05T02:00:00+09:00"
publish(NAMES[:1])
night()
before = files()
tap.ok(uuid_of(NAMES[8]) + ".zip" in files(), "what was needed this month stays")
for name in ("readme.txt", uuid_of("XS65E077") + ".zip"):
    center.write("updates/" + name, "not ours")
    os.utime(os.path.join(center.folder, "updates", name), (0, 0))
center.now = "2026-03-20T02:00:00+09:00"
catalogue = center.write("catalogue.xml", "no catalogue")
tap.ok("不要になった" not in night() and len(files()) == len(before) + 2, "nothing goes when it is not known what is missing")
publish(NAMES[:1])
text = night()
tap.equal(files(), sorted([uuid_of(NAMES[0]) + end for end in (".zip", ".zip.sha256")] + ["readme.txt", uuid_of("XS65E077") + ".zip"]),
          "what no host has lacked for a month goes, and nothing that is not ours")
tap.contains(text, "どのホストにも不要になった更新ファイル", "and that is told")
site.shutdown()
server.close()
tap.done()
