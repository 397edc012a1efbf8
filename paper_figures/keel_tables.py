"""`advise` on KEEL tables: is its recommendation ever worse than what it was chosen from? Needs the extra ``data``."""

from pathlib import Path

from synththeory.advise.acceptance import lines, written

OUTPUT = Path(__file__).parent / "output" / "keel_tables.csv"


def main() -> None:
    """Run all tables, one on each core, and write one line each."""
    with OUTPUT.open("w", newline="", encoding="utf-8") as file:
        for line in written(lines(), file):
            print(line)


if __name__ == "__main__":
    main()
