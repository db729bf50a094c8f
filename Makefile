# make book       build the HTML, strictly, from an empty _build
# make zip        the same pages in one file, build/rbm-book-html.zip
# make pdf        the whole book as one PDF, build/rbm-book.pdf
# make test       style, unit tests and doctests, every notebook, every built page
# make thorough   the same on other processors, on paper, for longer, for more seeds
# make style      only the first of these; what a commit is checked for
# make notebooks  write symbols' boxes, Colab's cells, problems; execute and normalise
#                 every notebook
# make trajectories  make all that is stored again, and compare with the record
# make boundscheck   the tests of the kernels, with every index checked
# make package    build sdist and wheel, install the wheel elsewhere, use all of it
# make course     the exercises for a course: two zips in build/, and on the book's pages
# make slides     a deck for each chapter, to take along: build/slides
# make bench      the benchmarks, and the frames a second of the demos
# make clean      remove what the other targets made
#
# The first target called creates .venv with the newest Python from 3.11 to 3.14
# that it finds; PYTHON=/path/to/python chooses another.

SHELL := /bin/sh
PY := .venv/bin/python
INSTALLED := .venv/.installed
TWO_AT_A_TIME := -n 2 --dist loadscope
# A page is waited for as long as it works.
PAGES_AT_A_TIME := -n 2 --dist loadgroup
REACH_KERNELS := annealing autocorrelation conditional enumeration ising_exact ising_kernels \
  ising_samplers kernels kernels_sites likelihood mean_field mode_tracking \
  phase_diagram phase_diagram_sweep randomness sampling scores tempering training training_fast
PYTHONS := python3.14 python3.13 python3.12 python3.11 python3 python

# Two pytest workers share two cores, and one thread per process is what the small
# matrices of the chapters need. Results do not depend on it.
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PYTHONUTF8 = 1

.PHONY: book zip pdf test thorough style notebooks trajectories boundscheck package course slides bench clean
.DELETE_ON_ERROR:

book: $(INSTALLED)
	$(PY) tools/build_book.py

zip: book
	$(PY) tools/zip_book.py

pdf: book
	$(PY) tools/pdf.py

style: $(INSTALLED)
	$(PY) -m ruff check --no-cache .
	$(PY) -m ruff format --check --no-cache .
	.venv/bin/oxlint --quiet .
	.venv/bin/oxfmt --check "**/*.js"

test: book style
	$(PY) -m pytest $(TWO_AT_A_TIME) -m "not (thorough or alone)" \
	    --ignore=tests/test_pages.py --ignore=tests/test_layout.py
	$(PY) -m pytest $(TWO_AT_A_TIME) -o addopts= --nbval --nbval-current-env \
	    --nbval-cell-timeout 120 book
	$(PY) -m pytest $(PAGES_AT_A_TIME) tests/test_pages.py tests/test_layout.py

thorough: book
	$(PY) -m pytest $(TWO_AT_A_TIME) -m thorough tests

notebooks: $(INSTALLED)
	$(PY) tools/symbols.py
	$(PY) tools/colab.py
	$(PY) tools/problem_list.py
	$(PY) tools/normalise.py book

# An interrupted command continues from what is finished, in build/trajectories.
trajectories: $(INSTALLED)
	$(PY) -m rbmlib.trained.make

# Compiled with checks, and kept apart.  Left out of the tests that reach kernels: those
# that run the same ones at length, for statistics, and on other processors.
boundscheck: $(INSTALLED)
	cache=$$(mktemp -d) && trap 'rm -rf "$$cache"' EXIT && \
	  NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR="$$cache" $(PY) -m pytest -q -n 2 \
	    $(addprefix tests/test_,$(addsuffix .py,$(REACH_KERNELS)))

package: $(INSTALLED)
	$(PY) tools/check_package.py --install

course: book
	$(PY) tools/course.py

slides: $(INSTALLED)
	$(PY) tools/slides.py

bench: $(INSTALLED)
	for script in benchmarks/bench_*.py; do $(PY) "$$script" || exit 1; done
	$(PY) -m pytest -m alone tests

clean:
	rm -rf _build .venv .pytest_cache rbmlib.egg-info build/rbm-book-html.zip \
	  build/rbm-book.pdf build/slides
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements.txt pyproject.toml
	@test -x $(PY) || { \
	  for python in $(if $(PYTHON),"$(PYTHON)",$(PYTHONS)); do \
	    if "$$python" -c "$(USABLE)" 2>/dev/null; then found="$$python"; break; fi; \
	  done; \
	  test -n "$$found" || { echo "$(NO_PYTHON)" >&2; exit 1; }; \
	  echo "Creating .venv with $$("$$found" --version)"; \
	  rm -rf .venv && "$$found" -m venv .venv; }
	$(PY) -m pip install --quiet --require-hashes -r requirements.txt
	$(PY) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

USABLE = import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 15))
NO_PYTHON = Python 3.11, 3.12, 3.13 or 3.14 with its venv module is needed; none of \
  $(if $(PYTHON),$(PYTHON),$(PYTHONS)) is one. On Debian or Ubuntu: apt install \
  python3 python3-venv. Elsewhere, name it: make PYTHON=/path/to/python3.14
