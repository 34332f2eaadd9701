# Everything one does with Muster, on a machine that has make, a Swift 6.3 toolchain and nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# SwiftPM passes trait flags in random order, and each change rebuilds half the tree.
export SWIFT_DETERMINISTIC_HASHING := 1
# A crashing test would print its backtrace for ten minutes.
export SWIFT_BACKTRACE := enable=no

# The Debian packages of a bare machine, in one list: for the toolchain, for the program, for the
# demo, the tests and the peers of the benchmarks.
PACKAGES := \
	binutils ca-certificates git libc6-dev libcurl4 libncurses6 libstdc++-12-dev libxml2 \
	pkgconf tzdata zlib1g-dev \
	liblua5.4-dev libsqlite3-dev libssl-dev libxxhash-dev libzstd-dev \
	e2fsprogs lua-check lua5.4 python3-venv qemu-utils rsync
# The peers of the benchmarks that come from Python's index, into an environment beside the build.
PEERS := dbos==3.4.0 ansible-core==2.19.14
PEERS_HOME := Benchmarks/.build/peers

# A terminal sees the progress of a build, a log does not.
QUIET := $(if $(MAKE_TERMOUT),,--quiet)
# Of a test run, the failures and the sum are worth reading.
FAILURES := grep --line-buffered -vE \
	"^(◇|✔ (Test [^r]|Suite)|↳ (Testing|Target)|\[[0-9]+/|Building|Test Suite|\s+Executed 0)|^$$"

.PHONY: help
help: ## show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/    make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

.PHONY: packages
packages: ## install the Debian packages that are missing
	@command -v dpkg-query > /dev/null \
		|| { echo "This is no Debian. Needed, by their Debian names: $(PACKAGES)"; exit 0; }; \
	there=$$(dpkg-query -W -f '$${db:Status-Status} $${Package}\n' $(PACKAGES) 2> /dev/null \
		| sed -n 's/^installed //p' | sort -u || true); \
	missing=$$(comm -23 <(printf '%s\n' $(PACKAGES) | sort) <(echo "$$there")); \
	[ -n "$$missing" ] || exit 0; \
	echo "Installing" $$missing; \
	as_root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	export DEBIAN_FRONTEND=noninteractive; \
	$$as_root apt-get update -qq; \
	$$as_root apt-get install -qq --yes --no-install-recommends $$missing > /dev/null

.PHONY: build
build: packages ## build the program
	@swift build $(QUIET) --product muster

.PHONY: demo
demo: build ## fail a site of five machines over, and see that nothing is lost
	@Tests/Demo/demo.sh "$$(swift build --show-bin-path)/muster"

.PHONY: lint
lint: packages ## format and lint of Swift and Lua
	@swift format lint --strict --parallel --recursive Sources Tests Benchmarks Package.swift
	@luacheck --quiet --no-color $(wildcard stdlib runbooks Sources/*/library)

.PHONY: test
test: packages lint ## everything that must hold before a commit
	@swift build $(QUIET) --build-tests --explicit-target-dependency-import-check error
	@swift test --skip-build 2>&1 | $(FAILURES)
	@MUSTER_EVICT=1 swift test --skip-build --filter RunbookTests --filter StampTests \
		--filter MachineRunbookTests --skip DeathTests --skip ScheduleTests 2>&1 | $(FAILURES)

.PHONY: soak
soak: packages ## hours: many seeds, then the address and thread sanitizers
	@MUSTER_EXAMPLES=all MUSTER_POWER_CUT_SEEDS=100000 MUSTER_FUZZ_SEEDS=100000 \
		MUSTER_NEW_MACHINE_SEEDS=100000 MUSTER_MODEL_STEPS=1000000 \
		MUSTER_PLAN_SEEDS=100000 \
		swift test $(QUIET) 2>&1 | $(FAILURES)
	@ASAN_OPTIONS=detect_leaks=0 swift test $(QUIET) \
		--sanitize=address --scratch-path .build-address 2>&1 | $(FAILURES)
	@swift test $(QUIET) --sanitize=thread --scratch-path .build-thread 2>&1 | $(FAILURES)

.PHONY: bench
bench: packages ## figures, each beside a peer measured in the same minute
	@[ -x $(PEERS_HOME)/bin/dbos ] || { python3 -m venv $(PEERS_HOME) \
		&& $(PEERS_HOME)/bin/pip install --quiet --disable-pip-version-check $(PEERS); } \
		|| echo "Without $(PEERS): Python's index cannot be reached."
	@swift build $(QUIET) --package-path Benchmarks --configuration release
	@"$$(swift build --package-path Benchmarks --configuration release --show-bin-path)/bench"
