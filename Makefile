# Thin over `cargo appliance`: every rule here is one command that you can type yourself.
#
#   ARGS="..."   handed on to the command           make run ARGS="--smoke"
#   BOARD=...    the board (default qemu-aarch64)    make image BOARD=orangepi-5-plus
#   QUICK=1      a quicker build, less optimised     make image QUICK=1
#   IMAGE=quick  which image `make run` boots        make run IMAGE=quick

BOARD ?= qemu-aarch64
IMAGE ?= quick
QUICK ?=
ARGS  ?=

APPLIANCE = cargo appliance
ifneq ($(filter 1 yes true,$(QUICK)),)
OPTIMISED =
else
OPTIMISED = --release-optimized
endif

.DEFAULT_GOAL := help
.PHONY: help setup image run test test-long check-unsafe bench clean

help:
	@echo "make setup               install what building and booting need (Debian; safe to repeat)"
	@echo "make run                 boot the appliance in QEMU: page on http://127.0.0.1:8088, console here"
	@echo "make run ARGS=--smoke    boot, let it hear and see, print one JSON line, power off"
	@echo "make test                every test; the last line counts passed, failed and skipped"
	@echo "make test-long           1000 crash trials, 10 minutes of soak, 5 of fuzzing a parser (2 hours)"
	@echo "make check-unsafe        loom models and Miri over kernel/engine and kernel/memory"
	@echo "make bench               measure against peers (ARGS=\"cycle.cost\" for one area)"
	@echo "make image [QUICK=1]     build the image for BOARD=$(BOARD)"
	@echo "make clean               remove images, disks and caches under target/appliance"
	@echo
	@echo "Options of a command: cargo appliance boot --help"

setup:
	$(APPLIANCE) setup $(ARGS)

image:
	$(APPLIANCE) build --board $(BOARD) $(OPTIMISED) $(ARGS)

run:
	@$(APPLIANCE) boot --board $(BOARD) --image $(IMAGE) $(ARGS)

test:
	@$(APPLIANCE) test $(ARGS)

test-long:
	@$(APPLIANCE) test --long $(ARGS)

check-unsafe:
	@$(APPLIANCE) check-unsafe $(ARGS)

bench:
	cargo build --quiet --profile release-optimized -p triune-softrknn
	cargo run --quiet --profile release-optimized -p triune --features bench-peers -- bench --json $(ARGS)

clean:
	$(APPLIANCE) clean $(ARGS)
