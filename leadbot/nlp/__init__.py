"""Reading posts: what a person wants from the brand, how warm that is, and the answers that stand in the
text.
"""

from leadbot.nlp.reader import SpacyReader, load_reader

__all__ = ["SpacyReader", "load_reader"]
