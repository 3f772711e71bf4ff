#!/usr/bin/env python3
"""ssl.h, sslerrors.h, API_Details.txt and README.md agree.

check_doc.py --build build --cc gcc

1. Every function, type, constant and error of the public headers is named in API_Details.txt, every
   function with its prototype as the header has it (white space aside).
2. Every name of the interface that API_Details.txt uses is declared in a header.
3. The first C example of README.md compiles without a warning against the installed headers and
   links with the installed library, static and shared.
"""

import argparse
import glob
import os
import re
import subprocess
import sys

HEADERS = ["ssl.h", "sslerrors.h"] + sorted(
    path for path in glob.glob("platform/*/ssl*.h") if not path.startswith("platform/classic/"))
NAME = re.compile(r"\b(?:SSL[A-Z]\w*|SSL_[A-Z]\w*|TLS_[A-Z]\w*|X509[A-Z]\w*|ASN[A-Z]\w*)\b")
# Names of the protocol, of the ancestor and of the build, which no header declares.
NOT_OURS = {"SSLRef", "SSLKEYLOGFILE", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLPlaintext", "SSLCompressed", "SSLCiphertext",
            "TLS_FALLBACK_SCSV", "TLS_EMPTY_RENEGOTIATION_INFO_SCSV", "SSL_CLASSIC", "ASN1"}


def squeeze(text):
    return re.sub(r"\s*([(),*;])\s*", r"\1", re.sub(r"\s+", " ", text)).strip()


def statements(text):
    """The declarations of a header, comments and preprocessor lines dropped."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*$", "", text, flags=re.M)
    text = re.sub(r'extern "C" \{', "", text)
    depth, current = 0, ""
    for char in text:
        depth += {"{": 1, "}": -1}.get(char, 0)
        if char == ";" and depth == 0:
            yield current.strip()
            current = ""
        else:
            current += char


def declared(path):
    """Names and prototypes: {name: prototype or None}."""
    with open(path) as file:
        text = file.read()
    names = {}
    for match in re.finditer(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.sub(r"/\*.*?\*/", " ", text, flags=re.S),
                             flags=re.M):
        if not match.group(1).endswith("_H"):
            names[match.group(1)] = None
    for statement in statements(text):
        if "{" in statement:
            body = statement[statement.index("{") + 1:statement.rindex("}")]
            if re.match(r"(typedef\s+)?enum\b", statement):
                for item in body.split(","):
                    constant = re.match(r"\s*(\w+)", item)
                    if constant:
                        names[constant.group(1)] = None
            tail = statement[statement.rindex("}") + 1:].strip()
            if tail:
                names[tail] = None
        elif statement.startswith("typedef"):
            pointer = re.search(r"\(\*(\w+)\)\(", statement)
            names[pointer.group(1) if pointer else statement.split()[-1].strip("*")] = None
        else:
            function = re.search(r"\b(\w+)\s*\(", statement)
            if function:
                names[function.group(1)] = squeeze(statement)
    return names


def compare(headers, manual):
    problems = []
    words = set(re.findall(r"\w+", manual))
    flat = squeeze(manual)
    everything = {}
    for path in headers:
        for name, prototype in declared(path).items():
            everything[name] = prototype
            if name not in words:
                problems.append(f"API_Details.txt does not mention {name} of {path}")
            elif prototype and prototype not in flat:
                problems.append(f"API_Details.txt has not the prototype of {path}: {prototype}")
    for match in NAME.finditer(manual):
        name = match.group(0)
        family = manual[match.end():match.end() + 3].startswith(("*", "...")) or name.endswith("_")
        if name not in everything and name not in NOT_OURS and not family:
            line = manual.count("\n", 0, match.start()) + 1
            problems.append(f"API_Details.txt:{line}: {name} is in no header")
    return problems, len(everything)


def run(command, problems, what):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        problems.append(f"{what}:\n$ {' '.join(command)}\n{result.stdout}{result.stderr}")
    return result.returncode == 0


def compile_example(build, compiler, problems):
    with open("README.md") as file:
        example = re.search(r"^```c\n(.*?)^```", file.read(), flags=re.S | re.M)
    if not example:
        problems.append("README.md has no C example (```c)")
        return
    root = os.path.join(build, "installed")
    source = os.path.join(build, "readme_example.c")
    with open(source, "w") as file:
        file.write(example.group(1))
    if not run(["make", f"BUILD={build}", f"CC={compiler}", "install", f"DESTDIR={root}",
                "PREFIX=/usr", "LIBDIR=/usr/lib"], problems, "make install"):
        return
    flags = [compiler, "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", f"-I{root}/usr/include"]
    libraries = ["-ltomcrypt", "-ltommath"]
    output = os.path.join(build, "readme_example")
    run(flags + [source, f"{root}/usr/lib/libsslref.a"] + libraries + ["-o", output], problems,
        "README.md's example does not build with the static library")
    run(flags + [source, f"-L{root}/usr/lib", "-lsslref"] + libraries + ["-o", output + "_shared"],
        problems, "README.md's example does not build with the shared library")
    include = f"{root}/usr/include/sslref"
    for header in sorted(os.path.relpath(path, include)
                         for path in glob.glob(f"{include}/**/*.h", recursive=True)):
        line = os.path.join(build, "one_header.c")
        with open(line, "w") as file:
            # What stands for headers of libssl is found under their names.
            name = header[len("libssl/"):] if header.startswith("libssl/") else f"sslref/{header}"
            file.write(f"#include <{name}>\nint main(void)\n{{\n    return 0;\n}}\n")
        more = [f"-I{include}/libssl"] if header.startswith("libssl/") else []
        run(flags + more + [line, "-fsyntax-only"], problems, f"<sslref/{header}> does not stand alone")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--build", default="build")
    arguments.add_argument("--cc", default="cc")
    options = arguments.parse_args()
    problems, count = [], 0
    if os.path.exists("API_Details.txt"):
        with open("API_Details.txt") as file:
            problems, count = compare(HEADERS, file.read())
    else:
        problems.append("there is no API_Details.txt")
    if os.path.exists("README.md"):
        compile_example(options.build, options.cc, problems)
    else:
        problems.append("there is no README.md")
    for problem in problems:
        print(problem)
    print(f"check-doc: {count} public names, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
