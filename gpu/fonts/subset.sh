#!/bin/sh
# Makes the font files beside this script from the ones in Debian's package `fonts-inter`:
#   sh subset.sh /usr/share/fonts/opentype/inter
# Needs pyftsubset (package `fonttools`). Inter declares no Reserved Font Name, so a
# subset may keep the name; the licence is in LICENSE-Inter.txt.
set -eu
from=${1:?usage: subset.sh DIRECTORY-WITH-Inter-Medium.otf}
into=$(dirname "$0")
# Latin, Latin-1, Latin Extended-A, dashes, quotes, bullet, ellipsis, arrows, signs, shapes.
characters='U+0020-007E,U+00A0-017F,U+03A9,U+03BC,U+2009,U+2010-2015,U+2018-201E,U+2022,U+2026,U+202F,U+2190-2193,U+2196-2199,U+2212,U+2248,U+2260,U+2264,U+2265,U+25B2,U+25BC,U+25CF,U+2713'
for face in Inter-Medium Inter-SemiBold InterDisplay-Medium; do
    pyftsubset "$from/$face.otf" --unicodes="$characters" \
        --layout-features=kern,tnum,ccmp,case --name-IDs='*' \
        --output-file="$into/$face.otf"
done
