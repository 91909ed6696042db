"""Ways to read a post, tried against each other in one run: `python -m bench.nlp`."""
