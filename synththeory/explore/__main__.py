"""``python -m synththeory.explore``: the page in a browser."""

from synththeory.explore.cli import app

if __name__ == "__main__":
    app(prog_name="python -m synththeory.explore")
