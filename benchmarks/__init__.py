"""What the site costs, beside its peers. See benchmarks/README.md; `bin/bench` runs it."""
