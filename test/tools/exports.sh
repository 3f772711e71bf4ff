#!/bin/sh
# Print the names of the functions that the given public headers declare, one a line: they are what
# leaves the library. Comments and preprocessor lines are dropped first; a name directly before an
# opening parenthesis is a function, "(*Name)(" is a callback's type.
set -eu
cat "$@" | awk '
    {
        line = $0
        while (1) {
            if (inside) {
                end = index(line, "*/")
                if (!end) { line = ""; break }
                line = substr(line, end + 2); inside = 0
            }
            start = index(line, "/*")
            if (!start) { kept = kept line; break }
            kept = kept substr(line, 1, start - 1) " "
            line = substr(line, start + 2); inside = 1
        }
        if (kept !~ /^[ \t]*#/) { print kept }
        kept = ""
    }' | grep -oE '(^|[^A-Za-z0-9_])SSL[A-Za-z0-9]+\(' | grep -oE 'SSL[A-Za-z0-9]+' | LC_ALL=C sort -u
