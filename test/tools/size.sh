#!/bin/sh
# size.sh OBJECT...: bytes of code and constant data per room.
set -eu
size "$@" | awk '
    NR > 1 {
        room = $6
        sub(/.*\/obj\//, "", room)
        sub(/\/[^\/]*$/, "", room)
        if (!(room in code)) { order[++rooms] = room }
        code[room] += $1; data[room] += $2; bss[room] += $3
    }
    END {
        printf "%-24s %9s %9s %9s\n", "room", "code", "data", "bss"
        for (i = 1; i <= rooms; i++) {
            room = order[i]
            printf "%-24s %9d %9d %9d\n", room, code[room], data[room], bss[room]
            c += code[room]; d += data[room]; b += bss[room]
        }
        printf "%-24s %9d %9d %9d\n", "all", c, d, b
    }'
