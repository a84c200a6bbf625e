# Kairan's build. One plain file: `make`, `make demo`, `make test`, `make fuzz`, `make lint`, `make bench`,
# `make install`.
# FLAVOUR picks a build tree: release (gcc, the default), sanitize (clang, ASan + UBSan, and what fuzzers need),
# clang (clang, plain).

PREFIX ?= /usr
DESTDIR ?=
FLAVOUR ?= release
BUILD := build/$(FLAVOUR)

LIBEXECDIR := $(PREFIX)/lib/kairan
DATADIR := $(PREFIX)/share/kairan

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Werror
CC_release := gcc
CC_clang := clang
CC_sanitize := clang
MODE_release := -O2 -D_FORTIFY_SOURCE=2
MODE_clang := -O2
MODE_sanitize := -O1 -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all -fno-omit-frame-pointer
CC := $(CC_$(FLAVOUR))

PACKAGES := sqlite3 talloc jansson libutf8proc nettle libcrypto libxml-2.0 libetpan libseccomp libical
PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
CPPFLAGS = -D_GNU_SOURCE -I. -Iprocessor -I$(BUILD) -DKAIRAN_LIBEXECDIR='"$(LIBEXECDIR)"' -DKAIRAN_DATADIR='"$(DATADIR)"'
CFLAGS ?= -g $(MODE_$(FLAVOUR)) -fstack-protector-strong
ALL_CFLAGS = -std=c17 $(WARNINGS) $(CFLAGS) $(subst -I/,-isystem /,$(PKG_CFLAGS)) -MMD -MP -fPIE
# a hundred programs with the sanitizers in them take a minute to link, with mold a quarter of it
MOLD := $(if $(filter sanitize,$(FLAVOUR)),$(if $(shell command -v mold),-fuse-ld=mold))
LDFLAGS ?= $(if $(filter sanitize,$(FLAVOUR)),-fsanitize=address$(comma)undefined $(MOLD))
ALL_LDFLAGS = $(LDFLAGS) -Wl,-z,relro -Wl,-z,now -Wl,--as-needed
comma := ,

# The hook needs no loader: it starts faster, and it starts in the middle of a libc upgrade, too.
STATIC_release := -static-pie
STATIC_clang := -static-pie

# What each program links. kairan itself stays light (an idle run costs milliseconds); the heavy libraries live in helpers.
LIBS_kairan := -lsqlite3 -ltalloc -ljansson -lutf8proc -lnettle
# Of libetpan only its grammar: the archive, because the shared one brings TLS, SASL and Berkeley DB into a process that must
# reach nothing, and they are half of the time that it takes to start.
LIBS_reader := -l:libetpan.a -lxml2 -lical -lseccomp -ltalloc -ljansson -lutf8proc -lnettle
LIBS_calendar := -lical -lseccomp -ltalloc -ljansson
# the OpenSSL flavour of libcurl, with the headers that libetpan-dev brings
LIBS_sender := -l:libcurl.so.4 -ltalloc -ljansson
LIBS_xen := -l:libcurl.so.4 -lxml2 -larchive -lxxhash -lcrypto -lnettle -ltalloc -ljansson

SOURCES := $(wildcard processor/*/*.c)
HELPERS := $(wildcard processor/helper/*.c)
LIBRARY_SOURCES := $(filter-out $(HELPERS),$(SOURCES)) mta-hooks/maildir.c
LIBRARY := $(BUILD)/libkairan.a
PROGRAMS := $(BUILD)/kairan $(BUILD)/kairan-deliver $(BUILD)/kairan-reader $(BUILD)/kairan-sender $(BUILD)/kairan-xen \
	$(BUILD)/kairan-calendar
UNIT_SOURCES := $(wildcard tests/unit/test_*.c)
UNIT_PROGRAMS := $(UNIT_SOURCES:tests/unit/%.c=$(BUILD)/tests/unit/%)
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,build/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
BENCH_PROGRAMS := $(patsubst tests/bench/%.c,$(BUILD)/tests/bench/%,$(wildcard tests/bench/*.c))
object = $(patsubst %.c,$(BUILD)/%.o,$(1))

.PHONY: FORCE all demo pictures test unit benches fuzz fuzzers lint bench install clean build-packages test-packages \
	lint-packages
all: $(PROGRAMS)


$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

# the schema as a C string, so that the program carries it
$(BUILD)/processor/store/schema.inc: processor/store/schema.sql
	@mkdir -p $(@D)
	sed -e '/^ *--/d' -e 's/ *--.*//' -e 's/^/"/' -e 's/$$/\\n"/' $< > $@
$(BUILD)/processor/store/sql.o: $(BUILD)/processor/store/schema.inc

# the tables of charsets and their labels
$(BUILD)/processor/mail/charset_tables.inc: processor/mail/charset_tables.py
	@mkdir -p $(@D)
	python3 $< $@
$(BUILD)/processor/mail/charset_tables.o: $(BUILD)/processor/mail/charset_tables.inc

# The installed paths are compiled into one file; it is made anew when they change.
$(BUILD)/paths: FORCE
	@mkdir -p $(@D)
	@echo '$(LIBEXECDIR) $(DATADIR)' | cmp -s - $@ || echo '$(LIBEXECDIR) $(DATADIR)' > $@
$(BUILD)/processor/base/place.o: $(BUILD)/paths
FORCE:

$(LIBRARY): $(call object,$(LIBRARY_SOURCES))
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/kairan: $(call object,processor/main.c) $(LIBRARY)
	$(CC) -pie $(ALL_LDFLAGS) -o $@ $^ $(LIBS_kairan)

$(BUILD)/kairan-deliver: $(call object,$(wildcard mta-hooks/*.c))
	$(CC) $(or $(STATIC_$(FLAVOUR)),-pie) $(ALL_LDFLAGS) -o $@ $^

$(BUILD)/kairan-reader: $(call object,processor/helper/reader.c) $(LIBRARY)
	$(CC) -pie $(ALL_LDFLAGS) -o $@ $^ $(LIBS_reader)

$(BUILD)/kairan-sender: $(call object,processor/helper/sender.c) $(LIBRARY)
	$(CC) -pie $(ALL_LDFLAGS) -o $@ $^ $(LIBS_sender)

$(BUILD)/kairan-xen: $(call object,processor/helper/xen.c) $(LIBRARY)
	$(CC) -pie $(ALL_LDFLAGS) -o $@ $^ $(LIBS_xen)

$(BUILD)/kairan-calendar: $(call object,processor/helper/calendar.c) $(LIBRARY)
	$(CC) -pie $(ALL_LDFLAGS) -o $@ $^ $(LIBS_calendar)

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(LIBRARY)
	$(CC) -pie $(ALL_LDFLAGS) -o $@ $^ -lcheck -lsubunit -lrt -lm -lpthread $(LIBS_reader) $(LIBS_xen) $(LIBS_kairan)

$(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(LIBRARY)
	$(CC) -pie $(ALL_LDFLAGS) -o $@ $^ $(LIBS_reader) $(LIBS_xen) $(LIBS_kairan)

.SECONDARY:
unit: $(UNIT_PROGRAMS)

benches: $(BENCH_PROGRAMS)

# Each is linked with the sanitized build: build/fuzz/NAME of tests/fuzz/fuzz_NAME.c.
build/fuzz/%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/fuzz.o $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) -pie $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS_reader) $(LIBS_calendar) $(LIBS_xen) $(LIBS_kairan)

fuzzers: $(FUZZERS)

fuzz: test-packages
	@$(MAKE) --no-print-directory -s -j2 FLAVOUR=sanitize fuzzers

# What Debian packages each job needs; installed when missing, through sudo when not root.
BUILD_PACKAGES := gcc make pkg-config libc6-dev libetpan-dev libsqlite3-dev libxml2-dev libjansson-dev libtalloc-dev \
	libutf8proc-dev nettle-dev libssl-dev libseccomp-dev libical-dev libcurl4 libarchive-dev libxxhash-dev tzdata python3
TEST_PACKAGES := $(BUILD_PACKAGES) check clang libclang-rt-14-dev mold valgrind strace postfix procmail maildrop openssl xva-img \
	python3-icalendar khal maildir-utils notmuch
PICTURE_PACKAGES := $(BUILD_PACKAGES) chromium w3m fonts-noto-cjk
LINT_PACKAGES := $(BUILD_PACKAGES) clang clang-tidy cppcheck

build-packages:
	@tests/install-packages $(BUILD_PACKAGES)
test-packages:
	@tests/install-packages $(TEST_PACKAGES)
lint-packages:
	@tests/install-packages $(LINT_PACKAGES)

demo: build-packages
	@$(MAKE) --no-print-directory -s -j2 all
	@python3 tests/e2e/demo.py

test:
	@tests/run

# Every HTML mail as people see it, in build/pictures/; no test needs it.
pictures:
	@tests/install-packages $(PICTURE_PACKAGES)
	@$(MAKE) --no-print-directory -s -j2 all
	@python3 tests/pictures/take

lint: lint-packages
	@tests/lint

bench: test-packages
	@$(MAKE) --no-print-directory -s -j2 all benches
	@tests/bench/run

# Puts everything in place; DESTDIR and PREFIX as usual. The instance itself is made by `kairan init`. What administrators
# copy from mta-hooks/ names the installed paths.
HOOK_FILES = $(shell find mta-hooks -type f ! -name '*.[ch]')
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(DATADIR) $(DESTDIR)$(PREFIX)/lib/systemd/system
	install -m 755 $(BUILD)/kairan $(DESTDIR)$(PREFIX)/bin/
	install -m 755 $(filter-out $(BUILD)/kairan,$(PROGRAMS)) $(DESTDIR)$(LIBEXECDIR)/
	for language in ja en; do \
	    install -d $(DESTDIR)$(DATADIR)/templates/$$language && \
	    install -m 644 templates/$$language/* $(DESTDIR)$(DATADIR)/templates/$$language/ || exit 1; \
	done
	for file in $(HOOK_FILES); do \
	    install -D -m 644 $$file "$(DESTDIR)$(DATADIR)/$$file" && \
	    sed -i -e 's|/usr/bin/kairan|$(PREFIX)/bin/kairan|g' -e 's|/usr/lib/kairan|$(LIBEXECDIR)|g' \
	        "$(DESTDIR)$(DATADIR)/$$file" || exit 1; \
	done
	install -m 644 $(DESTDIR)$(DATADIR)/mta-hooks/systemd/* $(DESTDIR)$(PREFIX)/lib/systemd/system/

clean:
	rm -rf build

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
