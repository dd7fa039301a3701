# The course's commands. `make` alone lists them.
#
# Pattern rules (lab%, check%, …) need GNU make; without it, type what stands behind them.

SOCKLAB = cargo run -q --

help:
	@echo 'make lab3      see lab 3 as it should be'
	@echo 'make check3    check your program'
	@echo 'make watch3    check it again at every save'
	@echo 'make hint3     one more hint at each call'
	@echo 'make diff3     the starter beside the solution, once the lab is passed'
	@echo 'make reset3    begin lab 3 anew; your program is kept beside it'
	@echo 'make list      how far you are, and what to do next'
	@echo 'make doctor    what this machine offers, and what is missing'
	@echo
	@echo 'and for those who work on the course itself:'
	@echo 'make test      the tests of the course'
	@echo 'make ci        all that must hold before a change goes in'
	@echo 'make starters  write the starters anew from the solutions'
	@echo 'make bench     how long things take'
	@echo 'make quality   docs/quality.md, counted anew over all programs'
	@echo 'make quality-load    the same, and again under load: all must come out the same'
	@echo 'make quality-check   whether docs/quality.md is true'
	@echo 'make flake     the tests again and again, under load'
	@echo 'make picture   the pictures in README.md, from real runs'
	@echo 'make goodput   the table and the plot of lab 14, measured anew'

# No file has these names; FORCE says the same of the names that a pattern makes.
.PHONY: help list doctor test ci lint unfinished starters bench quality quality-load quality-check \
  flake picture goodput FORCE
FORCE:

lab%: FORCE
	@$(SOCKLAB) demo $*

check%: FORCE
	@$(SOCKLAB) check $*

watch%: FORCE
	@$(SOCKLAB) watch $*

hint%: FORCE
	@$(SOCKLAB) hint $*

diff%: FORCE
	@$(SOCKLAB) diff $*

reset%: FORCE
	@$(SOCKLAB) reset $*

list:
	@$(SOCKLAB) list

doctor:
	@$(SOCKLAB) doctor

test:
	cargo test

# The learners' tests are not among these: starters fail them, as they should.
ci: lint test quality-check

# What is seen without running a test.
lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	$(SOCKLAB) starters --check
	$(MAKE) unfinished
	RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --document-private-items

# Every starter stops at a todo!, and none does anything before that could fail. One that takes
# words is given those of its handout.
unfinished:
	@for file in labs/[0-9]*-*/src/*.rs; do \
	  lab=lab$$(basename "$${file%/src/*}" | sed 's/^0*//; s/-.*//'); \
	  program=$$(basename "$$file" .rs); \
	  case $$program in main) program=$$lab;; *) program=$$lab-$$program;; esac; \
	  words=$$(sed -n "s/^\$$ cargo run .*--bin $$program -- //p" "$${file%/src/*}/README.md" | head -n 1); \
	  cargo build -q -p "$$lab" --bin "$$program" || exit 1; \
	  said=$$(cargo run -q -p "$$lab" --bin "$$program" -- $$words 2>&1 < /dev/null); \
	  case $$said in \
	    *'not yet implemented'*) ;; \
	    *) echo "$$program does not stop at a todo!: $$said"; exit 1;; \
	  esac; \
	done; \
	echo 'every starter stops at a todo!'

starters:
	@$(SOCKLAB) starters

bench:
	cargo bench

# Only a count that came to its end replaces the page.
quality:
	@cargo run -q --example quality > target/quality.md
	@mv target/quality.md docs/quality.md

# What does not come out the same under load is told, and the page is left as it was.
quality-load:
	@cargo run -q --example quality -- --load > target/quality.md
	@mv target/quality.md docs/quality.md

quality-check:
	@cargo run -q --example quality -- --check

flake:
	sh tests/flake.sh

picture:
	@cargo run -q --example picture

goodput:
	@cargo run -q --example goodput
