"""How leadbot talks to X: the only room that imports tweepy. See docs/x.md."""
