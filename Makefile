# The first two are the README's lines, word for word; `tests/test_docs.py` holds them together.
.PHONY: demo test trust check docs clean

demo:
	python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/vaultkit build vault -o site

test:
	python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && .venv/bin/pytest -q -n 2

# The promises of SECURITY.md at full size, a minute or an hour for each: `make test` tries a little of each.
# `make trust ONLY=no_trace` tries one.
trust:
	VAULTKIT_TRUST=full .venv/bin/pytest -q -n 2 $(if $(ONLY),tests/trust/test_$(ONLY).py,tests/trust tests/test_determinism.py) --durations=0 --durations-min=60

# What continuous integration runs.
check:
	.ci/run

# Rewrite the parts of docs/ that are made from the code, then build the guide.
docs:
	.venv/bin/python tests/reference.py
	.venv/bin/vaultkit build docs -o site/docs --fail-on warning

# Remove what the lines above made, besides the site.
clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
