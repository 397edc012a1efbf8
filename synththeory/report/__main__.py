"""``python -m synththeory.report``."""

from synththeory.report.cli import app

if __name__ == "__main__":
    app()
