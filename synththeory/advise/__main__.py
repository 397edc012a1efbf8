"""``python -m synththeory.advise``: advice on a CSV file."""

from synththeory.advise.cli import app

if __name__ == "__main__":
    app(prog_name="python -m synththeory.advise")
