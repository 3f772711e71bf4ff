#!/bin/sh
# size.sh FOLDER CC SIZE CFLAGS...: core/ compiled for a small processor into FOLDER: bytes of code and of
# constants (tables, sentences) of each room, and whether core/x509 without revocation stays below 16 KB of
# code. The same files must compile where int and long have another size than here.
set -eu
folder=$1 cc=$2 size=$3
shift 3
rm -rf "$folder"
for source in core/*/*.c; do
    object=$folder/${source%.c}.o
    mkdir -p "${object%/*}"
    "$cc" "$@" -c "$source" -o "$object"
done
find "$folder" -name '*.o' | sort | while read -r object; do
    "$size" -A "$object" | awk -v object="${object#"$folder"/core/}" '
        /^\.text/ { code += $2 } /^\.rodata/ { data += $2 } /^\.data|^\.bss/ { rest += $2 }
        END { print object, code + 0, data + 0, rest + 0 }'
done | awk '
    {
        room = $1
        sub(/\/.*/, "", room)
        if (!(room in code)) { order[++rooms] = room }
        code[room] += $2; data[room] += $3; rest[room] += $4
        if ($1 ~ /^x509\/(crl|ocsp|revocation)\.o/) { without_code += $2; without_data += $3 }
    }
    END {
        printf "%-24s %9s %9s %9s\n", "room", "code", "constants", "variables"
        for (i = 1; i <= rooms; i++) {
            room = order[i]
            printf "%-24s %9d %9d %9d\n", room, code[room], data[room], rest[room]
            c += code[room]; d += data[room]; r += rest[room]
        }
        printf "%-24s %9d %9d %9d\n\n", "all", c, d, r
        bare = code["x509"] - without_code
        printf "x509 without revocation: %d bytes of code, %d of constants (limit: 16384 of code)\n", bare,
            data["x509"] - without_data
        exit bare > 16384
    }'
