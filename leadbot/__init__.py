"""leadbot: tells buying interest from chatter on a brand's X account and hands warm leads to people."""

__version__ = "0.1.0"
