# Everything that is made lands under build/ (or BUILD=...). "make help" lists the targets.
#
# Sources are found by their place, so that adding a file needs no line here:
#   core/ROOM/*.c  crypto/*.c                          the engine
#   platform/posix/*.c  platform/memory/*.c            ready-made callbacks, in the same library
#   platform/redis/*.c                                 sessions in a Redis server, a library of its own
#   platform/libssl/*.c  platform/libssl/openssl/*.h   the interface of libssl, a library of its own
#   platform/classic/*.h                               headers under the names of 1996
#   samples/*.c                                        those with a main() are programs, the rest is shared
#   test/{unit,vectors,flow,fault,classic}/test_*.c    one cmocka program each
#   test/constant_time/ct_*.c  test/bench/bench_*.c  test/fuzz/fuzz_*.c
#   test/support/*.c, and the other *.c of such a folder, are linked into each of its programs

VERSION   = 0.1.0
SOVERSION = 0

BUILD   ?= build
PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
DESTDIR ?=
CFLAGS  ?= -O2 -g
OBJCOPY ?= objcopy
PYTHON  ?= /usr/bin/python3
FUZZ_SECONDS ?= 60
# V=1 shows every command.
Q = $(if $(V),,@)
# "make SYMBOL_PREFIX=foo_" lets the public functions leave the library as foo_SSLHandshake and so on;
# programs keep writing SSLHandshake, the installed header maps the names.
SYMBOL_PREFIX ?=
# What a build has: "full", or "modern", which leaves out everything that only versions before TLS 1.2
# and their suites need.
PROFILE ?= full
# Where tomcrypt.h and tommath.h are when the compiler does not find them by itself.
TOMCRYPT_INCLUDE ?=

STANDARD  = -std=c99 -pedantic
WARNINGS  = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror
# Nobody is to replace a function of ours by another: so it may be inlined in the shared library, too.
POSITION  = -fPIC -fno-semantic-interposition
COMPILE   = $(CC) $(STANDARD) $(WARNINGS) $(CPPFLAGS) -I. -Iplatform/posix -Iplatform/memory -Iplatform/redis $(addprefix -isystem ,$(TOMCRYPT_INCLUDE)) \
            $(if $(filter modern,$(PROFILE)),-DSSLREF_MODERN) $(CFLAGS) $(POSITION) -ffunction-sections -fdata-sections -MMD -MP \
            $(if $(SYMBOL_PREFIX),-include $(BUILD)/prefix.h)
LIBS      = -ltomcrypt -ltommath
TEST_LIBS = -lcmocka $(LIBS) -lpthread

# ---- what there is ----

OBJ          = $(BUILD)/obj
objects      = $(patsubst %.c,$(OBJ)/%.o,$(1))
with_main    = $(if $(1),$(shell grep -l '^int main' $(1)))
LEFT_OUT     = $(if $(wildcard core/profiles/$(PROFILE).c),$(LEFT_OUT_$(PROFILE)),$(error there is no PROFILE=$(PROFILE)))
LEFT_OUT_full   = core/profiles/modern.c
LEFT_OUT_modern = core/profiles/full.c core/profiles/classic.c core/ssl2/%.c core/keys/schedule_ssl3.c \
                  core/record/protect_stream.c core/messages/client_hello_v2.c core/tables/export_primes.c \
                  crypto/classic_ciphers.c
# REVOCATION=0: no revocation lists, no OCSP (SSLCreateTrust then refuses who asks for them).
REVOCATION  ?= 1
NO_REVOCATION = $(if $(filter 0,$(REVOCATION)),core/x509/crl.c core/x509/ocsp.c core/x509/revocation.c,core/x509/without_revocation.c)
LIB_SOURCES  = $(filter-out $(LEFT_OUT) $(NO_REVOCATION),$(wildcard core/*/*.c crypto/*.c platform/posix/*.c platform/memory/*.c))
LIB_OBJECTS  = $(call objects,$(LIB_SOURCES))
# Of the library itself; adapters to other libraries are libraries of their own.
PUBLIC_HEADERS = ssl.h sslerrors.h $(wildcard platform/posix/ssl*.h platform/memory/ssl*.h)
CLASSIC_HEADERS = $(wildcard platform/classic/*.h)

# Sessions in a Redis server, where hiredis is installed; REDIS=0: not even there.
REDIS       ?= $(if $(wildcard /usr/include/hiredis/hiredis.h),1,0)
REDIS_LIB    = $(BUILD)/libsslref-redis.a
WITH_REDIS   = $(filter 1,$(REDIS))

# The interface of libssl over ours, for programs that were written for it.
LIBSSL_LIB   = $(BUILD)/libsslref-libssl.a
LIBSSL_HEADERS = $(wildcard platform/libssl/openssl/*.h)
LIBSSL_TESTS = $(foreach name,client server both,$(BUILD)/test/libssl/$(name)-ours $(BUILD)/test/libssl/$(name)-theirs)

SAMPLE_SOURCES = $(wildcard samples/*.c)
SAMPLE_MAINS   = $(call with_main,$(SAMPLE_SOURCES))
SAMPLE_PARTS   = $(OBJ)/samples/parts.a
SAMPLES        = $(patsubst samples/%.c,$(BUILD)/samples/%,$(SAMPLE_MAINS))

comma := ,

# $(call programs,FOLDER,PREFIX): the programs of a test folder; $(call parts,FOLDER,PREFIX): what they share.
programs = $(patsubst %.c,$(BUILD)/%,$(wildcard $(1)/$(2)_*.c))
parts    = $(call objects,$(filter-out $(wildcard $(1)/$(2)_*.c),$(wildcard $(1)/*.c test/support/*.c)))
TESTS    = $(foreach kind,unit vectors flow fault classic,$(call programs,test/$(kind),test))
CT_TESTS = $(call programs,test/constant_time,ct)
BENCHES  = $(call programs,test/bench,bench)
FUZZERS  = $(call programs,test/fuzz,fuzz)

STATIC   = $(BUILD)/libsslref.a
SHARED   = $(BUILD)/libsslref.so
INTERNAL = $(OBJ)/libsslref-internal.a

.PHONY: all demo check check-doc check-chromium check-scanners check-clean-root agree layers purity bench fuzz size \
        format install tests ct-tests clean help FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(STATIC) $(SHARED) $(if $(WITH_REDIS),$(REDIS_LIB)) $(LIBSSL_LIB) $(SAMPLES)

help:
	@echo 'make                     the library, static and shared, and the samples'
	@echo 'make demo                a handshake of every kind, in one table'
	@echo 'make check               everything that must hold, peers included (about ten minutes)'
	@echo 'make layers purity       what the object files of core/ refer to'
	@echo 'make check-doc           ssl.h, sslerrors.h, API_Details.txt and README.md agree'
	@echo 'make check-chromium      headless Chromium loads the status page, with screenshots'
	@echo 'make check-scanners      testssl.sh sees what the server was configured with (minutes)'
	@echo 'make check-clean-root    a fresh Debian in a folder runs make demo and make check (root only)'
	@echo 'make bench               speed and memory beside OpenSSL'
	@echo 'make fuzz                every fuzzer for FUZZ_SECONDS (60)'
	@echo 'make agree COUNT=N         changed certificate chains: OpenSSL and GnuTLS agree'
	@echo 'make size                core/ for a Cortex-M4: code and constants per room'
	@echo 'make format              clang-format over all C'
	@echo 'make install PREFIX= DESTDIR=    also LIBDIR=, SYMBOL_PREFIX=, PROFILE=full or modern'

# Debian packages for the library itself; a compiler only where there is none.
NEEDED = libtomcrypt-dev libtommath-dev $(if $(shell command -v $(CC)),,gcc libc6-dev)

# ---- compiling ----

# Objects depend on how they are compiled: a change of CC, flags or prefix rebuilds them.
$(BUILD)/config: FORCE
	@mkdir -p $(@D)
	@echo '$(COMPILE) $(SYMBOL_PREFIX) $(VERSION)' | cmp -s - $@ || \
	    echo '$(COMPILE) $(SYMBOL_PREFIX) $(VERSION)' > $@

# The names of the public functions, taken from the public headers.
$(BUILD)/exports: $(PUBLIC_HEADERS) test/tools/exports.sh
	@mkdir -p $(@D)
	$(Q)sh test/tools/exports.sh $(PUBLIC_HEADERS) > $@

$(BUILD)/prefix.h: $(BUILD)/exports $(BUILD)/config
	$(Q)sed 's/.*/#define & $(SYMBOL_PREFIX)&/' $< > $@

$(OBJ)/%.o: %.c $(BUILD)/config $(if $(SYMBOL_PREFIX),$(BUILD)/prefix.h)
	@mkdir -p $(@D)
	@echo '  compile $<'
	$(Q)$(COMPILE) -c -o $@ $<

-include $(shell find $(OBJ) -name '*.d' 2>/dev/null)

# ---- the library ----

# One object with every internal name hidden, so that only the public ones can clash with a program's.
# Functions keep sections of their own in it: -Wl,--gc-sections still leaves out what is not used.
$(OBJ)/sslref.o: $(LIB_OBJECTS) $(BUILD)/exports
	$(Q)sed 's/^/$(SYMBOL_PREFIX)/' $(BUILD)/exports > $(OBJ)/keep
	@echo '  join $@'
	$(Q)$(LD) -r -o $@ $(LIB_OBJECTS)
	$(Q)$(OBJCOPY) --keep-global-symbols=$(OBJ)/keep $@

$(STATIC): $(OBJ)/sslref.o
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $<

$(SHARED): $(LIB_OBJECTS) $(BUILD)/exports
	$(Q){ echo '{ global:'; sed 's/.*/$(SYMBOL_PREFIX)&;/' $(BUILD)/exports; echo 'local: *; };'; } > $(OBJ)/version
	@echo '  link $@'
	$(Q)$(CC) $(CFLAGS) -shared -Wl,-soname,libsslref.so.$(SOVERSION) -Wl,--version-script=$(OBJ)/version \
	    -Wl,-z,defs -Wl,-z,relro -o $@ $(LIB_OBJECTS) $(LDFLAGS) $(LIBS)
	$(Q)ln -sf libsslref.so $(BUILD)/libsslref.so.$(SOVERSION)

# For the tests, which also look inside: the same objects with all their names.
$(INTERNAL): $(LIB_OBJECTS)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $(LIB_OBJECTS)

$(REDIS_LIB): $(call objects,$(wildcard platform/redis/*.c))
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(OBJ)/platform/libssl/%.o: private CPPFLAGS += -Iplatform/libssl

$(LIBSSL_LIB): $(call objects,$(wildcard platform/libssl/*.c))
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(SAMPLE_PARTS): $(call objects,$(filter-out $(SAMPLE_MAINS),$(SAMPLE_SOURCES)))
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

# A program of 1996: SSLInitContext has the settings of that time.
$(OBJ)/samples/classic.o: private CPPFLAGS += -DSSL_CLASSIC

$(OBJ)/samples/common.o: private CPPFLAGS += $(if $(WITH_REDIS),-DSSLREF_REDIS)

$(BUILD)/samples/%: $(OBJ)/samples/%.o $(SAMPLE_PARTS) $(if $(WITH_REDIS),$(REDIS_LIB)) $(STATIC)
	@mkdir -p $(@D)
	@echo '  link $@'
	$(Q)$(CC) $(CFLAGS) -o $@ $< $(SAMPLE_PARTS) $(if $(WITH_REDIS),$(REDIS_LIB)) $(STATIC) $(LDFLAGS) \
	    $(LIBS) $(if $(WITH_REDIS),-lhiredis) -lpthread

# ---- tests ----

define test_folder
$$(BUILD)/$(1)/$(2)_%: $$(OBJ)/$(1)/$(2)_%.o $$(call parts,$(1),$(2)) $$(INTERNAL)
	@mkdir -p $$(@D)
	@echo '  link $$@'
	$$(Q)$$(CC) $$(CFLAGS) -o $$@ $$< $$(call parts,$(1),$(2)) $$(INTERNAL) $$(LDFLAGS) $(3)
endef
$(foreach kind,unit vectors flow fault classic,$(eval $(call test_folder,test/$(kind),test,$$(TEST_LIBS))))
$(eval $(call test_folder,test/constant_time,ct,$$(TEST_LIBS)))
$(eval $(call test_folder,test/bench,bench,-lssl -lcrypto $$(LIBS) -lpthread))
$(eval $(call test_folder,test/fuzz,fuzz,-fsanitize=fuzzer $$(LIBS) -lpthread \
    -Wl$$(comma)--wrap=sslr_x509_check_signed$$(comma)--wrap=sslr_x509_check_signature))

# Against the verifiers of OpenSSL and GnuTLS: make agree COUNT=N.
$(BUILD)/test/agree/agree: $(call objects,$(wildcard test/agree/*.c) test/unit/x509_builder.c) $(INTERNAL)
	@mkdir -p $(@D)
	@echo '  link $@'
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(LDFLAGS) -lcrypto -lgnutls $(LIBS) -lpthread

# Programs that know nothing but <openssl/ssl.h>, built with ours and with theirs.
$(BUILD)/test/libssl/%-ours: test/libssl/%.c test/libssl/talk.h $(LIBSSL_HEADERS) $(LIBSSL_LIB) $(STATIC)
	@mkdir -p $(@D)
	@echo '  link $@'
	$(Q)$(CC) -std=gnu99 $(WARNINGS) $(CFLAGS) -Iplatform/libssl -o $@ $< $(LIBSSL_LIB) $(STATIC) $(LDFLAGS) $(LIBS) -lpthread

$(BUILD)/test/libssl/%-theirs: test/libssl/%.c test/libssl/talk.h
	@mkdir -p $(@D)
	@echo '  link $@'
	$(Q)$(CC) -std=gnu99 $(CFLAGS) -o $@ $< $(LDFLAGS) -lssl -lcrypto

tests: $(TESTS) $(LIBSSL_TESTS)
ct-tests: $(CT_TESTS)
bench-programs: $(BENCHES)
fuzz-programs: $(FUZZERS)

layers: $(LIB_OBJECTS)
	$(PYTHON) test/tools/layers.py --table test/tools/layers.txt $(LIB_OBJECTS)

purity: $(LIB_OBJECTS)
	$(PYTHON) test/tools/purity.py $(LIB_OBJECTS)

check-doc: all
	$(PYTHON) test/tools/check_doc.py --build $(BUILD) --cc $(CC)

check:
	BUILD=$(BUILD) bash test/tools/check.sh

check-chromium:
	sh test/tools/need.sh $(NEEDED) python3 libnss3-tools chromium
	$(MAKE) -j2 all
	BUILD=$(BUILD) $(PYTHON) test/peers/chromium.py --screenshot $(BUILD)

check-scanners:
	sh test/tools/need.sh $(NEEDED) python3 openssl libnss3-tools testssl.sh
	$(MAKE) -j2 all
	BUILD=$(BUILD) $(PYTHON) test/peers/classic_scan.py

# Chains changed at random, judged by us, OpenSSL and GnuTLS.
agree:
	sh test/tools/need.sh $(NEEDED) libssl-dev libgnutls28-dev ca-certificates gnutls-bin openssl
	$(MAKE) -j2 $(BUILD)/test/agree/agree
	$(BUILD)/test/agree/agree $(COUNT)

check-clean-root:
	bash test/tools/clean_root.sh

demo:
	@sh test/tools/need.sh $(NEEDED)
	@$(MAKE) --no-print-directory -s -j2 all
	@$(BUILD)/samples/demo

bench:
	sh test/tools/need.sh $(NEEDED) libssl-dev valgrind
	$(MAKE) -j2 all bench-programs
	@if [ -f test/bench/run.sh ]; then BUILD=$(BUILD) bash test/bench/run.sh; \
	else for program in $(BENCHES); do $$program || exit 1; done; fi

fuzz:
	sh test/tools/need.sh $(NEEDED) clang
	$(MAKE) -j2 BUILD=$(BUILD)/fuzz CC=clang fuzz-programs \
	    CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all'
	BUILD=$(BUILD)/fuzz FUZZ_SECONDS=$(FUZZ_SECONDS) sh test/tools/fuzz.sh

size:
	@sh test/tools/need.sh gcc-arm-none-eabi libnewlib-arm-none-eabi
	@sh test/tools/size.sh $(BUILD)/size arm-none-eabi-gcc arm-none-eabi-size -std=c99 -pedantic -Wall -Wextra \
	    -Werror -Os -mcpu=cortex-m4 -mthumb -ffunction-sections -fdata-sections

format:
	find . -path ./.git -prune -o -path ./$(BUILD) -prune -o -name '*.[ch]' -print | xargs clang-format -i

# ---- installing ----

# The headers lie beside each other once installed; includes of the tree's form are shortened.
HEADERS_TO = $(DESTDIR)$(PREFIX)/include/sslref
install: $(STATIC) $(SHARED) $(if $(WITH_REDIS),$(REDIS_LIB)) $(LIBSSL_LIB) $(BUILD)/prefix.h
	install -d $(HEADERS_TO) $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(PREFIX)/share/doc/sslref
	for header in $(PUBLIC_HEADERS) $(if $(WITH_REDIS),platform/redis/sslredis.h); do \
	    sed -E 's,#include "[./]*([a-z0-9_]+/)*(ssl|sslerrors)\.h",#include "\2.h",' $$header \
	        > $(HEADERS_TO)/$${header##*/} && chmod 644 $(HEADERS_TO)/$${header##*/} || exit 1; done
	install -d $(HEADERS_TO)/libssl/openssl
	install -m 644 $(LIBSSL_HEADERS) $(HEADERS_TO)/libssl/openssl/
	install -d $(HEADERS_TO)/classic
	for header in $(CLASSIC_HEADERS); do \
	    sed 's,#include "../../,#include "../,' $$header > $(HEADERS_TO)/classic/$${header##*/} && \
	    chmod 644 $(HEADERS_TO)/classic/$${header##*/} || exit 1; done
	$(if $(SYMBOL_PREFIX),install -m 644 $(BUILD)/prefix.h $(HEADERS_TO)/prefix.h && \
	    sed -i 's|^#include "sslerrors.h"|#include "prefix.h"\n&|' $(HEADERS_TO)/ssl.h)
	install -m 644 $(STATIC) $(DESTDIR)$(LIBDIR)/libsslref.a
	install -m 644 $(LIBSSL_LIB) $(DESTDIR)$(LIBDIR)/libsslref-libssl.a
	$(if $(WITH_REDIS),install -m 644 $(REDIS_LIB) $(DESTDIR)$(LIBDIR)/libsslref-redis.a)
	install -m 644 $(SHARED) $(DESTDIR)$(LIBDIR)/libsslref.so.$(VERSION)
	ln -sf libsslref.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libsslref.so.$(SOVERSION)
	ln -sf libsslref.so.$(SOVERSION) $(DESTDIR)$(LIBDIR)/libsslref.so
	printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' 'includedir=$${prefix}/include' '' 'Name: sslref' \
	    'Description: TLS engine that reaches the world through callbacks' 'Version: $(VERSION)' \
	    'Libs: -L$${libdir} -lsslref' 'Libs.private: $(LIBS)' 'Cflags: -I$${includedir}' \
	    > $(DESTDIR)$(LIBDIR)/pkgconfig/sslref.pc
	$(if $(wildcard API_Details.txt),install -m 644 API_Details.txt $(DESTDIR)$(PREFIX)/share/doc/sslref/)

clean:
	rm -rf $(BUILD)
